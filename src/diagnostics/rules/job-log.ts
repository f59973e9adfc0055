/**
 * Whether a line of a pod's log is about its work on a job: it names the deployment, or the job by its number. In the path of a
 * request a name tells of somebody who asks for it (a page that is open, the bot itself), and not of the work.
 */
export function isAboutJob(line: string, { id, deploymentId }: { readonly id: string; readonly deploymentId: string }): boolean {
  return isNamedOutsidePaths(line, deploymentId) || [...line.matchAll(/\bjob\s+#?([\w-]+)/gi)].some(([, named]) => named === id);
}

function isNamedOutsidePaths(line: string, name: string): boolean {
  const before = line.split(name).slice(0, -1);
  return before.some((text) => !/(?:\/|%2F)$/i.test(text));
}
