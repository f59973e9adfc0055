/** action_ids of the buttons of a support bundle, and callback_id of its form. */
export const BUNDLE = {
  /** Under a report: the value is the run. */
  ask: 'bundle:ask',
  form: 'bundle:form',
  /** Under a bundle: the value is the bundle. */
  cancel: 'bundle:cancel',
  remove: 'bundle:remove',
  again: 'bundle:again',
} as const;
