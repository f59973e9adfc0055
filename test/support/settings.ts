import { Settings } from '../../src/config/settings.ts';

const target = (name: string) => ({
  kubernetes: { namespace: name, deployment: 'hotswap-api' },
  database: { readUrlFrom: `${name.toUpperCase()}_DATABASE_URL` },
  prometheus: { urlFrom: `${name.toUpperCase()}_PROMETHEUS_URL` },
});

/** Two targets and two channels: the first for production, the second for staging. */
export function testSettings(support = 'C1SUPPORT', staging = 'C2STAGING'): Settings {
  return Settings.parse({
    defaultTarget: 'production',
    slack: {
      channels: [
        { id: support, target: 'production' },
        { id: staging, target: 'staging' },
      ],
    },
    targets: { production: target('production'), staging: target('staging') },
  });
}
