// Sentences in the language of the page. Django's catalogue (a script before this one) gives the globals; a page on
// which it did not arrive speaks English.
export const gettext = (text) => globalThis.gettext?.(text) ?? text;

export const ngettext = (one, many, n) => globalThis.ngettext?.(one, many, n) ?? (n === 1 ? one : many);

// "%(name)s waits" and {name: "It"} -> "It waits"
export const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
