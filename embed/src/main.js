/*
 * embed.js: one script tag in any page. It leaves one global, `window.tokenkeep`, whose `fetch` calls Tokenkeep with an
 * org token that is renewed by itself; and, unless the page wants none, a chat with whoever runs Tokenkeep.
 */
import { Banner } from "./banner/banner.js";
import { BannerView } from "./banner/view.js";
import { Api } from "./chat/api.js";
import { Chat } from "./chat/chat.js";
import { environment } from "./env.js";
import { bootloader } from "./keeper/bootloader.js";
import { caller } from "./keeper/call.js";
import { Keeper } from "./keeper/keeper.js";
import { follow } from "./page.js";
import { settings } from "./settings.js";
import { Shade } from "./shade.js";
import { Ladder, places } from "./storage/ladder.js";
import { locks } from "./storage/lock.js";
import { News } from "./storage/news.js";

const GLOBAL = "tokenkeep";

function start(scope) {
  // A page may load the script twice, or by two ways: the first one stays. (An element of that id is no own property.)
  if (Object.hasOwn(scope, GLOBAL)) return;
  const wish = settings(scope);
  if (!wish) {
    scope.console.error("Tokenkeep: set window.TOKENKEEP_ORG_KEY before embed.js, or data-org-key on its script tag.");
    return;
  }
  const value = Object.freeze(assembled(scope, wish));
  Object.defineProperty(scope, GLOBAL, { value, enumerable: true });
}

/** Wires the parts; gives what the page may use. */
function assembled(scope, { origin, header, key, hasChat }) {
  const env = environment(scope);
  const name = `${origin}|${header}:${key}`;
  const shade = new Shade(scope.document);
  const notice = new BannerView(shade);
  const banner = new Banner(env, (what) => notice.show(what));
  const trouble = () => banner.failed(keeper.known?.config.error_clear_seconds);
  const store = new Ladder(places(scope), env);
  const lock = locks(scope, env);
  const news = new News(scope, (about, kind) => about === name && (kind === "chat" ? chat?.heard() : keeper.heard()));
  const tell = (kind, generation) => news.tell(name, kind, generation);
  const keeper = new Keeper(name, { ask: bootloader(origin, { header, key }, env), store, lock, tell, env }, told);
  const call = (manner) => caller(origin, keeper, env, manner);
  const fetch = call({ onTrouble: trouble });
  const api = new Api(call(), call({ quiet: true }), env);
  const chat = hasChat ? new Chat(name, shade, { api, store, lock, tell, env, trouble }) : null;

  let complained = false;
  function told(event) {
    if (event.kind === "waiting") banner.waiting(event.count);
    if (event.kind === "failed" && event.harmed > 0 && !event.isFinal) trouble();
    if (event.kind === "failed" && event.isFinal && !complained) {
      complained = true;
      scope.console.error(`Tokenkeep: ${event.error.message}`);
    }
    if (event.kind === "renewed") {
      banner.cleared();
      chat?.meets(keeper.known);
    }
  }

  follow(scope, { keeper, chat, news, store });
  keeper.start();
  return { fetch };
}

start(window);
