#pragma once

#include <string>
#include <string_view>

namespace webwrap {

/* A host in normal form, or why the text is none. */
struct HostResult {
    std::string host;
    const char *problem = nullptr; /* null for a host; text that lives for ever */
};

/* The host of an http or https URL by the URL standard's host parser: IDNA in ASCII (UTS 46, non-transitional), numeric
 * forms of IPv4 as four decimal numbers, IPv6 in brackets, compressed, in lower case. Names to be converted by IDNA are
 * refused above 1,000 bytes. Linear in the text. */
[[nodiscard]] HostResult parse_host(std::string_view text);

/* Percent escapes replaced by their bytes; anything that is no escape stays. */
[[nodiscard]] std::string percent_decode(std::string_view text);

} // namespace webwrap
