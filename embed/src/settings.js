const FILE = "/embed.js";

/**
 * What the page says about itself: `{ origin, header, key, hasChat }`. The org key or site id stands in
 * `window.TOKENKEEP_ORG_KEY` or `window.TOKENKEEP_SITE_ID`, or in `data-org-key` or `data-site-id` of the script tag;
 * `data-chat="off"` leaves the chat away. Tokenkeep's origin is where the script came from. `null` when something is missing.
 */
export function settings(scope) {
  const script = scope.document.currentScript ?? foundScript(scope.document);
  if (!script?.src) return null;
  const { dataset } = script;
  const { origin } = new URL(script.src, scope.document.baseURI);
  const hasChat = dataset.chat !== "off";
  const [key, site] = [text(scope.TOKENKEEP_ORG_KEY ?? dataset.orgKey), text(scope.TOKENKEEP_SITE_ID ?? dataset.siteId)];
  if (site) return { origin, header: "x-site-id", key: site, hasChat };
  return key ? { origin, header: "x-org-key", key, hasChat } : null;
}

/** A script that a module loads has no `currentScript`. */
function foundScript(document) {
  return [...document.scripts].find(({ src }) => src && new URL(src).pathname.endsWith(FILE));
}

/** Only what may stand in a header. */
function text(value) {
  return typeof value === "string" && /^[\x21-\x7e]{1,200}$/.test(value.trim()) ? value.trim() : undefined;
}
