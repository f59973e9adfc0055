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

/** Characters that are spelled as letters: the "\n" and "\u000a" of JSON, the "%3D" of a URL. What comes behind one is no part of a word. */
const ESCAPED = String.raw`(?<=\\[abfnrtv]|\\[ux][0-9A-Fa-f]{2,4}|%[0-9A-Fa-f]{2})`;

/** A secret that is no part of a longer word. @param letters what words are made of */
function alone(secret: RegExp, letters = '[A-Za-z]'): RegExp {
  return new RegExp(`(?:(?<!${letters})|${ESCAPED})${secret.source}`, 'y');
}

/** Kinds that can be told by their own shape. Those that look like any other word are told by the name before them: `assignments.ts`. */
export const KINDS: readonly Kind[] = [
  { name: 'jwt', anchors: ['eyj'], pattern: alone(/eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?/, String.raw`[\w-]`) },
  { name: 'vault-token', anchors: ['hvs.', 'hvb.', 'hvr.'], pattern: alone(/hv[sbr]\.[A-Za-z0-9_-]{20,}/) },
  { name: 'vault-token', anchors: ['s.', 'b.'], pattern: alone(/[sb]\.[A-Za-z0-9]{24}(?![\w.-])/, String.raw`[\w.\\/-]`) },
  {
    name: 'slack-token',
    anchors: ['xox', 'xapp-', 'xwfp-'],
    pattern: alone(/(?:xox[a-z](?:\.xox[a-z])?|xapp|xwfp)-(?:[\w-]{8,}|[A-Za-z0-9]+-[\w-]+)/),
  },
  {
    name: 'slack-webhook',
    anchors: ['hooks.slack.com'],
    behind: true,
    pattern:
      /(?<=hooks\.slack\.com)(?:(?:\/|\\\/|%2[fF])(?:services|workflows|triggers)(?:\/|\\\/|%2[fF]))(?:[\w/\\%]{20,}|T\w+\/B\w+\/\w+)/iy,
  },
  {
    name: 'github-token',
    anchors: ['ghp_', 'gho_', 'ghs_', 'ghu_', 'ghr_'],
    pattern: alone(/gh(?:s_\d{1,20}_[\w-]+(?:\.[\w-]+){2}|[posur]_\w{20,})/),
  },
  { name: 'github-token', anchors: ['github_pat_'], pattern: alone(/github_pat_\w{30,}/) },
  { name: 'gitlab-token', anchors: ['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-'], pattern: alone(/gl(?:pat|dt|rt|cbt|ptt)-[\w-]{16,}/) },
  { name: 'aws-key-id', anchors: ['akia', 'asia', 'abia', 'acca'], pattern: alone(/(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/) },
  { name: 'google-api-key', anchors: ['aiza'], pattern: alone(/AIza[\w-]{35}/) },
  { name: 'google-oauth', anchors: ['ya29.', 'gocspx-'], pattern: alone(/(?:ya29\.|GOCSPX-)[\w-]{20,}/) },
  { name: 'azure-client-secret', anchors: ['q~'], lead: /[\w.-]{4}$/, pattern: /[\w.-]{3}\dQ~[\w.~-]{31,34}(?![\w~-])/y },
  { name: 'azure-shared-access', anchors: ['sig=', 'sig%3d'], behind: true, pattern: /(?<=[?&;]sig(?:=|%3[dD]))[A-Za-z0-9%+/]{20,}=*/y },
  {
    name: 'stripe-key',
    anchors: ['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_', 'whsec_'],
    pattern: alone(/(?:[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{16,})/),
  },
  { name: 'twilio-key', anchors: ['sk', 'ac'], pattern: alone(/(?:SK|AC)[0-9a-f]{32}\b/) },
  { name: 'sendgrid-key', anchors: ['sg.'], pattern: alone(/SG\.[\w-]{16,32}\.[\w-]{32,64}/) },
  { name: 'mailgun-key', anchors: ['key-'], pattern: alone(/key-[0-9a-f]{32}\b/, String.raw`\w`) },
  { name: 'npm-token', anchors: ['npm_'], pattern: alone(/npm_(?:[A-Za-z0-9]{30,}|\w{36}(?!\w))/) },
  { name: 'pypi-token', anchors: ['pypi-'], pattern: alone(/pypi-[\w-]{50,}/) },
  { name: 'docker-token', anchors: ['dckr_pat_', 'dckr_oat_'], pattern: alone(/dckr_[po]at_[\w-]{20,}/) },
  { name: 'digitalocean-token', anchors: ['dop_v1_', 'doo_v1_', 'dor_v1_'], pattern: alone(/do[opr]_v1_[0-9a-f]{64}/) },
  { name: 'terraform-token', anchors: ['.atlasv1.'], lead: /[A-Za-z0-9]{14}$/, pattern: /[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{40,}/y },
  { name: 'newrelic-key', anchors: ['nrak-'], pattern: alone(/NRAK-[A-Z0-9]{20,}/) },
  { name: 'grafana-token', anchors: ['glsa_', 'glc_'], pattern: alone(/gl(?:sa|c)_[\w=+/-]{20,}/) },
  { name: 'ai-key', anchors: ['sk-'], pattern: alone(/sk-(?:ant-|proj-|svcacct-|or-)?[A-Za-z0-9_-]{20,}/) },
  { name: 'ai-key', anchors: ['sk-'], pattern: /sk-[\w-]{20,100}T3BlbkFJ[\w-]{20,100}/y }, // known by its middle, whatever stands before it
  { name: 'huggingface-token', anchors: ['hf_'], pattern: alone(/hf_[A-Za-z0-9]{30,}/) },
  { name: 'shopify-token', anchors: ['shpat_', 'shpss_', 'shpca_', 'shppa_'], pattern: alone(/shp(?:at|ss|ca|pa)_[A-Za-z0-9]{32,}/) },
  { name: 'square-token', anchors: ['sq0atp-', 'sq0csp-'], pattern: alone(/sq0(?:atp|csp)-[\w-]{22,}/) },
  { name: 'linear-key', anchors: ['lin_api_'], pattern: alone(/lin_api_\w{32,}/) },
  { name: 'postman-key', anchors: ['pmak-'], pattern: alone(/PMAK-[0-9a-f]{24}-[0-9a-f]{34}/) },
  { name: 'atlassian-token', anchors: ['atatt3', 'atctt3', 'atbb'], pattern: alone(/AT(?:ATT3|CTT3|BB)[\w=-]{20,}/) },
  { name: 'telegram-token', anchors: [':aa', '%3aaa'], lead: /\d{8,10}$/, pattern: /\d{8,10}(?::|%3[aA])AA[\w-]{32,}/y },
  {
    name: 'discord-webhook',
    anchors: ['/webhooks/'],
    behind: true,
    pattern: /(?<=discord(?:app)?\.com\/api\/webhooks\/)\d{8,}\/[\w-]{30,}/y,
  },
  { name: 'age-key', anchors: ['age-secret-key-1'], pattern: alone(/AGE-SECRET-KEY-1[A-Z0-9]{50,}/) },
  { name: 'nuget-key', anchors: ['oy2'], pattern: alone(/oy2[a-z0-9]{43}\b/) },
  { name: 'databricks-token', anchors: ['dapi'], pattern: alone(/dapi[0-9a-fA-F]{32}(?:-\d)?(?![0-9a-fA-F])/) },
  { name: 'doppler-token', anchors: ['dp.'], pattern: alone(/dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[\w-]+\.)?[A-Za-z0-9]{40,}/) },
  { name: 'figma-token', anchors: ['figd_'], pattern: alone(/figd_[\w-]{20,}/) },
  { name: 'groq-key', anchors: ['gsk_'], pattern: alone(/gsk_[A-Za-z0-9]{32,}/) },
  { name: 'tailscale-key', anchors: ['tskey-'], pattern: alone(/tskey-[a-z]+-\w{8,}(?:-\w{16,})?/) },
  { name: 'vercel-token', anchors: ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'], pattern: alone(/vc[piark]_[A-Za-z0-9]{20,}/) },
  { name: 'notion-token', anchors: ['ntn_'], pattern: alone(/ntn_[A-Za-z0-9]{40,}/) },
  { name: 'cloudflare-token', anchors: ['cfk_', 'cfut_', 'cfat_'], pattern: alone(/cf(?:k|ut|at)_[A-Za-z0-9]{40,}/) },
  { name: '1password-token', anchors: ['ops_ey'], pattern: alone(/ops_ey[\w+/=-]{60,}/) },
  { name: 'pulumi-token', anchors: ['pul-'], pattern: alone(/pul-[0-9a-f]{40}\b/) },
  {
    name: 'private-key',
    anchors: ['-----begin'],
    pattern:
      /-----BEGIN(?:[A-Z0-9 +]|%20)*PRIVATE(?: |\+|%20)KEY(?:(?: |\+|%20)BLOCK)?-----(?:[\s\S]{0,16000}?-----END(?:[A-Z0-9 +]|%20)*PRIVATE(?: |\+|%20)KEY(?:(?: |\+|%20)BLOCK)?-----|(?:[A-Za-z0-9+/=\s:,%-]|\\[nrt]){0,16000})/y,
  },
];
