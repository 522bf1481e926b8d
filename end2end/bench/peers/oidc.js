/* https://authts.github.io/oidc-client-ts: the user in localStorage; who calls renews when the token is over. */
import { UserManager, WebStorageStateStore } from "oidc-client-ts";

const users = new UserManager({
  authority: `${location.origin}/oidc`,
  client_id: "oidc",
  redirect_uri: location.origin + location.pathname,
  scope: "openid offline_access",
  userStore: new WebStorageStateStore({ store: localStorage }),
  automaticSilentRenew: false,
});

globalThis.peer = {
  signsIn: () => users.signinRedirect(),
  comesBack: () => users.signinRedirectCallback(),
  token: async () => {
    const user = await users.getUser();
    return (user?.expired === false ? user : await users.signinSilent()).access_token;
  },
};
