/** What one kind of secret looks like, wherever it stands. Sources: the issuers' own documentation of their formats. */
export interface Kind {
  readonly name: string;
  /** One of them stands in every such secret, or just before it; in lower case. */
  readonly anchors: readonly string[];
  /** Matches the secret and nothing else, from where `lead` begins. */
  readonly pattern: RegExp;
  /** Letters that may stand between the beginning of the secret and its anchor; undefined: it begins with the anchor. */
  readonly lead?: RegExp;
  /** The secret begins behind the anchor. */
  readonly behind?: true;
}

/** Kinds that can be told by their own shape. Those that look like any other word are told by the name before them: `assignments.ts`. */
export const KINDS: readonly Kind[] = [
  { name: 'jwt', anchors: ['eyj'], pattern: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?/y },
  { name: 'vault-token', anchors: ['hvs.', 'hvb.', 'hvr.'], pattern: /\bhv[sbr]\.[A-Za-z0-9_-]{20,}/y },
  { name: 'vault-token', anchors: ['s.', 'b.'], pattern: /(?<![\w.\\/-])[sb]\.[A-Za-z0-9]{24}(?![\w.-])/y },
  { name: 'slack-token', anchors: ['xox', 'xapp-', 'xwfp-'], pattern: /\b(?:xox[a-z](?:\.xox[a-z])?|xapp|xwfp)-[\w-]{8,}/y },
  {
    name: 'slack-webhook',
    anchors: ['hooks.slack.com'],
    behind: true,
    pattern: /(?<=hooks\.slack\.com)(?:(?:\/|\\\/|%2[fF])(?:services|workflows|triggers)(?:\/|\\\/|%2[fF]))[\w/\\%]{20,}/y,
  },
  { name: 'github-token', anchors: ['ghp_', 'gho_', 'ghs_', 'ghu_', 'ghr_'], pattern: /\bgh[posur]_[A-Za-z0-9]{20,}/y },
  { name: 'github-token', anchors: ['github_pat_'], pattern: /\bgithub_pat_\w{30,}/y },
  { name: 'gitlab-token', anchors: ['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-'], pattern: /\bgl(?:pat|dt|rt|cbt|ptt)-[\w-]{16,}/y },
  { name: 'aws-key-id', anchors: ['akia', 'asia', 'abia', 'acca'], pattern: /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/y },
  { name: 'google-api-key', anchors: ['aiza'], pattern: /\bAIza[\w-]{35}/y },
  { name: 'google-oauth', anchors: ['ya29.', 'gocspx-'], pattern: /\b(?:ya29\.|GOCSPX-)[\w-]{20,}/y },
  { name: 'azure-client-secret', anchors: ['q~'], lead: /[\w.-]{4}$/, pattern: /[\w.-]{3}\dQ~[\w.~-]{31,34}(?![\w~-])/y },
  { name: 'azure-shared-access', anchors: ['sig=', 'sig%3d'], behind: true, pattern: /(?<=[?&;]sig(?:=|%3[dD]))[A-Za-z0-9%+/]{20,}=*/y },
  {
    name: 'stripe-key',
    anchors: ['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_', 'whsec_'],
    pattern: /\b(?:[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{16,})/y,
  },
  { name: 'twilio-key', anchors: ['sk', 'ac'], pattern: /\b(?:SK|AC)[0-9a-f]{32}\b/y },
  { name: 'sendgrid-key', anchors: ['sg.'], pattern: /\bSG\.[\w-]{16,32}\.[\w-]{32,64}/y },
  { name: 'mailgun-key', anchors: ['key-'], pattern: /\bkey-[0-9a-f]{32}\b/y },
  { name: 'npm-token', anchors: ['npm_'], pattern: /\bnpm_[A-Za-z0-9]{30,}/y },
  { name: 'pypi-token', anchors: ['pypi-'], pattern: /\bpypi-[\w-]{50,}/y },
  { name: 'docker-token', anchors: ['dckr_pat_', 'dckr_oat_'], pattern: /\bdckr_[po]at_[\w-]{20,}/y },
  { name: 'digitalocean-token', anchors: ['dop_v1_', 'doo_v1_', 'dor_v1_'], pattern: /\bdo[opr]_v1_[0-9a-f]{64}/y },
  { name: 'terraform-token', anchors: ['.atlasv1.'], lead: /[A-Za-z0-9]{14}$/, pattern: /[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{40,}/y },
  { name: 'newrelic-key', anchors: ['nrak-'], pattern: /\bNRAK-[A-Z0-9]{20,}/y },
  { name: 'grafana-token', anchors: ['glsa_', 'glc_'], pattern: /\bgl(?:sa|c)_[\w=+/-]{20,}/y },
  { name: 'ai-key', anchors: ['sk-'], pattern: /\bsk-(?:ant-|proj-|svcacct-|or-)?[A-Za-z0-9_-]{20,}/y },
  { name: 'huggingface-token', anchors: ['hf_'], pattern: /\bhf_[A-Za-z0-9]{30,}/y },
  { name: 'shopify-token', anchors: ['shpat_', 'shpss_', 'shpca_', 'shppa_'], pattern: /\bshp(?:at|ss|ca|pa)_[0-9a-fA-F]{32}/y },
  { name: 'square-token', anchors: ['sq0atp-', 'sq0csp-'], pattern: /\bsq0(?:atp|csp)-[\w-]{22,}/y },
  { name: 'linear-key', anchors: ['lin_api_'], pattern: /\blin_api_[A-Za-z0-9]{32,}/y },
  { name: 'postman-key', anchors: ['pmak-'], pattern: /\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}/y },
  { name: 'atlassian-token', anchors: ['atatt3', 'atctt3', 'atbb'], pattern: /\bAT(?:ATT3|CTT3|BB)[\w=-]{20,}/y },
  { name: 'telegram-token', anchors: [':aa', '%3aaa'], lead: /\d{8,10}$/, pattern: /\d{8,10}(?::|%3[aA])AA[\w-]{32,}/y },
  {
    name: 'discord-webhook',
    anchors: ['/webhooks/'],
    behind: true,
    pattern: /(?<=discord(?:app)?\.com\/api\/webhooks\/)\d{8,}\/[\w-]{30,}/y,
  },
  { name: 'age-key', anchors: ['age-secret-key-1'], pattern: /\bAGE-SECRET-KEY-1[A-Z0-9]{50,}/y },
  { name: 'nuget-key', anchors: ['oy2'], pattern: /\boy2[a-z0-9]{43}\b/y },
  { name: 'databricks-token', anchors: ['dapi'], pattern: /\bdapi[0-9a-f]{32}(?:-\d)?\b/y },
  { name: 'doppler-token', anchors: ['dp.'], pattern: /\bdp\.(?:pt|st|ct|sa|scim|audit)\.(?:[\w-]+\.)?[A-Za-z0-9]{40,}/y },
  { name: 'figma-token', anchors: ['figd_'], pattern: /\bfigd_[\w-]{20,}/y },
  { name: 'groq-key', anchors: ['gsk_'], pattern: /\bgsk_[A-Za-z0-9]{32,}/y },
  { name: 'tailscale-key', anchors: ['tskey-'], pattern: /\btskey-[a-z]+-[A-Za-z0-9]{8,}(?:-[A-Za-z0-9]{16,})?/y },
  { name: 'pulumi-token', anchors: ['pul-'], pattern: /\bpul-[0-9a-f]{40}\b/y },
  {
    name: 'private-key',
    anchors: ['-----begin'],
    pattern:
      /-----BEGIN(?:[A-Z0-9 +]|%20)*PRIVATE(?: |\+|%20)KEY(?:(?: |\+|%20)BLOCK)?-----(?:[\s\S]{0,16000}?-----END(?:[A-Z0-9 +]|%20)*PRIVATE(?: |\+|%20)KEY(?:(?: |\+|%20)BLOCK)?-----|(?:[A-Za-z0-9+/=\s:,%-]|\\[nrt]){0,16000})/y,
  },
];
