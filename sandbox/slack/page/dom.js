/**
 * Makes an element. Attributes that begin with `on` are listeners, `class` and ARIA names are set as they are, undefined and false are left out.
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Node | string | undefined | null | (Node | string | undefined | null)[])} children
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false || value === null) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (name === 'value' || name === 'checked' || name === 'selected') element[name] = value;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null));
  return element;
}

/** Puts the nodes in place of what a keyed list shows, keeping each element whose key and version are unchanged. */
export function reconcile(parent, items, keyOf, versionOf, render) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const wanted = items.map((item) => {
    const key = keyOf(item);
    const version = String(versionOf(item));
    const old = known.get(key);
    if (old && old.dataset.version === version) return old;
    const made = render(item, old);
    made.dataset.key = key;
    made.dataset.version = version;
    return made;
  });
  wanted.forEach((element, index) => {
    if (parent.children[index] !== element) parent.insertBefore(element, parent.children[index] ?? null);
  });
  while (parent.children.length > wanted.length) parent.lastElementChild.remove();
}
