/* https://learn.microsoft.com/entra/msal: any OpenID provider by protocol mode, cache in localStorage. */
import { PublicClientApplication } from "@azure/msal-browser";

const application = new PublicClientApplication({
  auth: {
    clientId: "msal",
    authority: `${location.origin}/msal/`,
    knownAuthorities: [location.host],
    redirectUri: location.origin + location.pathname,
  },
  system: { protocolMode: "OIDC" },
  cache: { cacheLocation: "localStorage" },
});
const ready = application.initialize();
const scopes = ["openid", "offline_access"];

globalThis.peer = {
  signsIn: () => ready.then(() => application.loginRedirect({ scopes })),
  comesBack: () => ready.then(() => application.handleRedirectPromise()),
  token: async () => {
    await ready;
    const account = application.getAllAccounts()[0];
    return (await application.acquireTokenSilent({ scopes, account })).accessToken;
  },
};
