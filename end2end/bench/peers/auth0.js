/* https://auth0.github.io/auth0-spa-js: refresh tokens, kept in localStorage so that tabs share them. */
import { Auth0Client } from "@auth0/auth0-spa-js";

const client = new Auth0Client({
  domain: location.origin,
  clientId: "auth0",
  useRefreshTokens: true,
  cacheLocation: "localstorage",
  authorizationParams: { redirect_uri: location.origin + location.pathname },
});

globalThis.peer = {
  signsIn: () => client.loginWithRedirect(),
  comesBack: () => client.handleRedirectCallback(),
  token: () => client.getTokenSilently(),
};
