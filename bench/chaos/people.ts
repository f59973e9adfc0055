import { defaultWorkspace, type Workspace, type WorkspaceUser } from '../../sandbox/slack/workspace.ts';

/** Who may approve: all but the requester of the request. */
export const APPROVERS: readonly string[] = ['U0APPROVE1', 'U0APPROVE2', 'U0APPROVE3', 'U0APPROVE4'];
/** In the workspace, and in no user group. */
const OUTSIDERS = ['U0OUTSIDE1', 'U0OUTSIDE2'];
const GUEST = 'U0GUEST001';
export const GROUP = 'S0APPROVE';

/** In every so many lanes the person who asks is an approver as well, and may not approve what they asked for. */
const APPROVER_ASKS_EVERY = 8;

/** In every so many lanes two people must approve. */
const TWO_EVERY = 3;

const padded = (lane: number): string => String(lane).padStart(3, '0');
const memberOf = (lane: number): string => `U0MEMBR${padded(lane)}`;
export const channelOf = (lane: number): string => `C0CHAOS${padded(lane)}`;
export const namespaceOf = (lane: number): string => `lane-${lane}`;
export const laneOf = (namespace: string): number => Number(namespace.slice('lane-'.length));

/** The person who asks for fixes in a lane: one form is open for each person at a time. */
export function requesterOf(lane: number): string {
  const approver = lane % APPROVER_ASKS_EVERY === 0 ? APPROVERS[lane / APPROVER_ASKS_EVERY] : undefined;
  return approver ?? memberOf(lane);
}

/** How many people, other than the requester, must approve. */
export const quorumOf = (lane: number): number => (lane % TWO_EVERY === 1 ? 2 : 1);

/** Those who may not approve anything, seen from a lane. */
export const strangersOf = (lane: number): readonly string[] => [memberOf(lane), ...OUTSIDERS, GUEST];

/** A workspace with a channel for each lane. */
export function chaosWorkspace(lanes: number): Workspace {
  const base = defaultWorkspace();
  const all = Array.from({ length: lanes }, (_, lane) => lane);
  const people = [...APPROVERS, ...OUTSIDERS, GUEST, ...all.map(memberOf)];
  const users: WorkspaceUser[] = people.map((id) => ({ id, name: id.toLowerCase(), realName: id, isGuest: id === GUEST }));
  return {
    ...base,
    users: [...base.users.filter(({ isBot }) => isBot === true), ...users],
    channels: all.map((lane) => ({
      id: channelOf(lane),
      name: namespaceOf(lane),
      members: [...APPROVERS, memberOf(lane), GUEST, base.app.botUserId],
    })),
    usergroups: [{ id: GROUP, handle: 'approvers', name: 'Approvers', users: APPROVERS }],
  };
}
