import { act, getJson } from './api.js';
import { blocks } from './blocks.js';
import { composer } from './composer.js';
import { h, reconcile } from './dom.js';
import { avatar, message } from './message.js';
import { drawModals } from './modal.js';
import { channelOf, nameOf, store, userOf } from './store.js';
import { worldPanel } from './world.js';

const people = h('select', { 'aria-label': 'Acting as', onchange: () => switchTo(people.value) });
const me = h('div', { class: 'me' });
const channelList = h('nav', { 'aria-label': 'Channels' });
const title = h('h1');
const topic = h('div', { class: 'muted topic' });
const tabs = h('div', { class: 'tabs', role: 'tablist', hidden: true });
const timeline = h('div', { class: 'timeline', role: 'log', 'aria-label': 'Messages' });
const nothing = h(
  'p',
  { class: 'muted nothing', hidden: true },
  'Nothing was asked here yet. Break something in the panel World, then type ',
  h('code', {}, '/hotswap diagnose'),
  ' below and open the thread of the answer.',
);
const home = h('div', { class: 'home', role: 'region', 'aria-label': 'App Home', hidden: true });
const mainComposer = h('div');
const threadLog = h('div', { class: 'timeline', role: 'log', 'aria-label': 'Thread messages' });
const threadStatus = h('div', { class: 'thread-status muted', role: 'status' });
const threadTitle = h('div', { class: 'muted topic' });
const thread = h(
  'aside',
  { class: 'thread', 'aria-label': 'Thread', hidden: true },
  h(
    'header',
    { class: 'head' },
    h('div', {}, h('h2', {}, 'Thread'), threadTitle),
    h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close thread', onclick: () => openThread(undefined) }, '✕'),
  ),
  threadLog,
  threadStatus,
  composer('Reply in thread', () => ({ channel: store.channel, threadTs: store.thread })),
);

function build() {
  const theme = h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Switch light and dark', onclick: switchTheme }, '◐');
  document
    .querySelector('#app')
    .append(
      h(
        'div',
        { class: 'sidebar' },
        h('header', { class: 'side-head' }, h('strong', { class: 'team' }), theme),
        h('label', { class: 'acting' }, h('span', {}, 'Acting as'), people),
        me,
        channelList,
        worldPanel(),
      ),
      h('main', {}, h('header', { class: 'head' }, title, topic, tabs), nothing, timeline, home, mainComposer),
      thread,
    );
}

function switchTheme() {
  const dark = document.documentElement.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  document.documentElement.dataset.theme = dark === 'dark' ? 'light' : 'dark';
  localStorage.setItem('theme', document.documentElement.dataset.theme);
}

async function switchTo(user) {
  store.user = user;
  localStorage.setItem('user', user);
  await load();
}

function openChannel(id) {
  store.channel = id;
  store.thread = undefined;
  store.tab = channelOf(id)?.kind === 'im' ? 'home' : 'messages';
  mainComposer.replaceChildren(composer(`Message ${labelOf(channelOf(id))}`, () => ({ channel: store.channel })));
  if (store.tab === 'home') act('open-home', { user: store.user });
  draw();
  timeline.scrollTop = timeline.scrollHeight;
}

function openThread(ts) {
  store.thread = ts;
  draw();
  threadLog.scrollTop = threadLog.scrollHeight;
}

const labelOf = (channel) => (channel.kind === 'im' ? channel.name : `#${channel.name}`);

let loading;
let again = false;
/** Asks for the snapshot; changes that come while it loads are fetched once more afterwards. */
async function load() {
  if (loading) {
    again = true;
    return;
  }
  loading = getJson(`/control/snapshot?user=${encodeURIComponent(store.user)}`).catch(() => undefined);
  const snapshot = await loading;
  loading = undefined;
  if (snapshot) {
    store.snapshot = snapshot;
    if (!userOf(store.user) || userOf(store.user).isBot) return switchTo(snapshot.users[0].id);
    if (!channelOf(store.channel)) openFirst();
    else draw();
  }
  if (again) {
    again = false;
    await load();
  }
}

function openFirst() {
  const asked = new URLSearchParams(location.search);
  const known = channelOf(asked.get('channel') ?? '') ?? store.snapshot.channels[0];
  openChannel(known.id);
  if (asked.get('message')) openThread(asked.get('thread') ?? asked.get('message'));
}

function draw() {
  const { snapshot } = store;
  const channel = channelOf(store.channel);
  document.querySelector('.team').textContent = snapshot.team.name;
  drawPeople(snapshot);
  const keep = (item) => `${item.id}${item.id === store.channel}`;
  reconcile(channelList, snapshot.channels, (item) => item.id, keep, channelButton);
  title.textContent = labelOf(channel);
  topic.textContent = channel.kind === 'im' ? 'App' : `${channel.members.length} members · ${channel.topic}`;
  drawTabs(channel);
  const onHome = channel.kind === 'im' && store.tab === 'home';
  timeline.hidden = onHome;
  mainComposer.hidden = onHome;
  home.hidden = !onHome;
  if (onHome) drawHome(snapshot.home);
  const here = snapshot.messages.filter((item) => item.channel === channel.id);
  drawLog(
    timeline,
    here.filter((item) => !item.threadTs),
    openThread,
  );
  nothing.hidden = here.length > 0 || channel.kind === 'im';
  drawThread(here, snapshot);
  drawModals(document.querySelector('#modals'));
}

function drawPeople(snapshot) {
  const list = snapshot.users.filter((user) => !user.isBot);
  reconcile(
    people,
    list,
    (user) => user.id,
    (user) => user.realName,
    (user) => h('option', { value: user.id }, user.realName),
  );
  people.value = store.user;
  me.replaceChildren(avatar(store.user), h('span', { class: 'muted' }, userOf(store.user)?.title ?? ''));
}

function channelButton(channel) {
  const current = channel.id === store.channel ? 'page' : undefined;
  return h('button', { type: 'button', 'aria-current': current, onclick: () => openChannel(channel.id) }, labelOf(channel));
}

function drawTabs(channel) {
  tabs.hidden = channel.kind !== 'im';
  const tab = (name, label) =>
    h('button', { type: 'button', role: 'tab', 'aria-selected': String(store.tab === name), onclick: () => openTab(name) }, label);
  tabs.replaceChildren(tab('home', 'Home'), tab('messages', 'Messages'));
}

function openTab(name) {
  store.tab = name;
  draw();
}

function drawHome(view) {
  const version = view ? view.id + view.hash : 'none';
  if (home.dataset.version === version) return;
  home.dataset.version = version;
  home.replaceChildren(
    ...(view
      ? blocks(view.blocks, { key: view.id, viewId: view.id })
      : [h('p', { class: 'muted' }, 'The app has published nothing here yet.')]),
  );
}

/** Draws a list of messages and stays at the end where the reader was at the end. */
function drawLog(log, messages, open) {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const version = (item) => `${item.rev}/${item.replyCount}/${store.user}`;
  reconcile(
    log,
    messages,
    (item) => item.ts,
    version,
    (item) => message(item, open),
  );
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function drawThread(here, snapshot) {
  const root = here.find((item) => item.ts === store.thread);
  thread.hidden = !root;
  document.body.classList.toggle('with-thread', Boolean(root));
  if (!root) return;
  threadTitle.textContent = `${labelOf(channelOf(store.channel))} · started by ${nameOf(root.user)}`;
  drawLog(
    threadLog,
    here.filter((item) => item.ts === root.ts || item.threadTs === root.ts),
  );
  const status = snapshot.statuses[`${store.channel}:${root.ts}`];
  threadStatus.textContent = status ? `${snapshot.app.name} ${status}` : '';
}

const theme = localStorage.getItem('theme');
if (theme) document.documentElement.dataset.theme = theme;
build();
const events = new EventSource('/events');
events.onmessage = load;
events.onopen = load;
