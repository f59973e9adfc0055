import { describe, expect, it } from 'vitest';
import { k8sPvc } from '../../../src/diagnostics/checks/k8s.pvc.ts';
import { type VolumeClaim, volumeClaims } from '../../../src/diagnostics/evidence/volume-claims.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const claim = (phase: string): VolumeClaim => ({ name: 'dumps', phase, storageClass: 'standard', pods: ['a', 'b'] });

describe('k8s.pvc', () => {
  it('is well where they are bound', () => expectNeverOkOverGaps(k8sPvc, given(volumeClaims, [claim('Bound')])));

  it('does not apply where pods mount none', () => expect(run(k8sPvc, given(volumeClaims, [])).verdict).toBe('not-applicable'));

  it.each(['Pending', 'Lost', 'missing'])('fails where one is %s', (phase) => {
    expect(run(k8sPvc, given(volumeClaims, [claim(phase)]))).toMatchObject({
      verdict: 'fail',
      facts: { unbound: 1 },
      summary: `1 of 1 volume claim of the pods cannot be mounted: dumps (${phase}).`,
    });
  });
});
