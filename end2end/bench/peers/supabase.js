/* https://supabase.com/docs/reference/javascript/auth-getsession: as it comes. */
import { AuthClient } from "@supabase/auth-js";

const auth = new AuthClient({ url: `${location.origin}/supabase` });

globalThis.peer = {
  signsIn: async () => {
    const { error } = await auth.signInWithPassword({ email: "bench@example.com", password: "bench" });
    if (error) throw error;
  },
  token: async () => {
    const { data, error } = await auth.getSession();
    if (error || !data.session) throw error ?? new Error("there is no session");
    return data.session.access_token;
  },
};
