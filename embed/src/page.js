/** Tells the parts what becomes of the page: network, sight, rest in the browser's memory, and back. */
export function follow(scope, { keeper, chat, news, store }) {
  const { document } = scope;
  const seen = () => {
    const isSeen = document.visibilityState === "visible";
    chat?.attend({ isSeen });
    if (isSeen) keeper.wake();
  };
  scope.addEventListener("online", () => {
    keeper.wake({ network: true });
    chat?.wake();
  });
  document.addEventListener("visibilitychange", seen);
  scope.addEventListener("pagehide", () => {
    chat?.attend({ isSeen: false });
    news.rest();
    store.rest();
  });
  scope.addEventListener("pageshow", () => {
    news.open();
    seen();
    keeper.heard();
    chat?.heard();
  });
}
