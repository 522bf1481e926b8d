/* https://github.com/okta/okta-auth-js: tokens in localStorage, its services (leader election, renewal) started. */
import { OktaAuth } from "@okta/okta-auth-js";

const okta = new OktaAuth({
  issuer: `${location.origin}/okta/oauth2/default`,
  clientId: "okta",
  redirectUri: location.origin + location.pathname,
  scopes: ["openid", "offline_access"],
});

let started;

globalThis.peer = {
  signsIn: () => okta.signInWithRedirect({ originalUri: "/" }),
  comesBack: async () => {
    const { tokens } = await okta.token.parseFromUrl();
    okta.tokenManager.setTokens(tokens);
  },
  token: () => (started ??= okta.start()).then(() => okta.getOrRenewAccessToken()),
};
