#pragma once

#include <string>
#include <string_view>

namespace webwrap {

/* A URL as logs and messages may show it: user names and passwords dropped, values of parameters whose names look like
 * secrets replaced by "***", at most 2,000 bytes, all else untouched. Takes any text, also what is no URL. Linear.
 *
 * Parameters are looked for in query, fragment and behind semicolons of the path, and in URLs that a value contains, as
 * they are or escaped. Names are compared in lower case, escapes undone, by their letters and digits only. Secret is what
 * contains token, secret, passw, passphrase, pwd, apikey, accesskey, privatekey, signature, credential, sessionid, sessid
 * or jwt, or equals key, sig, auth, authorization, session, sid, code, pass, pin, otp, hmac or bearer ("x[key]" too). */
[[nodiscard]] std::string public_url(std::string_view url);

} // namespace webwrap
