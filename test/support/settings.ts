import { Settings } from '../../src/config/settings.ts';

const target = (name: string) => ({
  kubernetes: { namespace: name, deployment: 'hotswap-api' },
  database: { readUrlFrom: `${name.toUpperCase()}_DATABASE_URL` },
  prometheus: { urlFrom: `${name.toUpperCase()}_PROMETHEUS_URL` },
});

/** Two targets and two channels: C1SUPPORT for production, C2STAGING for staging. */
export function testSettings(): Settings {
  return Settings.parse({
    defaultTarget: 'production',
    slack: {
      channels: [
        { id: 'C1SUPPORT', target: 'production' },
        { id: 'C2STAGING', target: 'staging' },
      ],
    },
    targets: { production: target('production'), staging: target('staging') },
  });
}
