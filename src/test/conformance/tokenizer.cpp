/* Tokenizer cases: JSON with input, initial states and the tokens that must come out. Parse errors are not compared. */

#include <memory_resource>
#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/parse/html_tokenizer.hpp"
#include "core/select/as_xml.hpp"
#include "test/conformance/conformance.hpp"

namespace webwrap::conformance {

namespace {

using Json = nlohmann::json;

/* \uXXXX in a string of a case that is escaped twice; lone surrogates become three bytes. */
std::string unescape(const std::string &text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        if (text.compare(at, 2, "\\u") == 0) {
            append_utf8(out, static_cast<char32_t>(std::stoul(text.substr(at + 2, 4), nullptr, 16)));
            at += 6;
        } else {
            out += text[at++];
        }
    }
    return out;
}

Json unescape(const Json &value) {
    if (value.is_string())
        return unescape(value.get<std::string>());
    if (value.is_array()) {
        Json out = Json::array();
        for (const Json &item : value)
            out.push_back(unescape(item));
        return out;
    }
    if (value.is_object()) {
        Json out = Json::object();
        for (const auto &[key, item] : value.items())
            out[unescape(key)] = unescape(item);
        return out;
    }
    return value;
}

TokenizerState state_named(const std::string &name) {
    if (name == "RCDATA state")
        return TokenizerState::kRcdata;
    if (name == "RAWTEXT state")
        return TokenizerState::kRawText;
    if (name == "Script data state")
        return TokenizerState::kScriptData;
    if (name == "PLAINTEXT state")
        return TokenizerState::kPlainText;
    if (name == "CDATA section state")
        return TokenizerState::kCdata;
    return TokenizerState::kData;
}

Json text_or_null(std::string_view text) { return text.data() == nullptr ? Json() : Json(std::string(text)); }

Json token_json(const Token &token, const NameTable &names, const std::pmr::vector<Attribute> &attributes) {
    const std::string name(names.text(token.name));
    switch (token.kind) {
    case TokenKind::kDoctype:
        return {"DOCTYPE", text_or_null(token.text), text_or_null(token.public_id), text_or_null(token.system_id),
                !token.forces_quirks};
    case TokenKind::kStartTag: {
        Json values = Json::object();
        for (std::int32_t i = 0; i < token.attribute_count; ++i) {
            const Attribute &attribute = attributes[static_cast<std::size_t>(token.first_attribute + i)];
            values[std::string(names.text(attribute.name))] = std::string(attribute.value);
        }
        Json json = {"StartTag", name, values};
        if (token.is_self_closing)
            json.push_back(true);
        return json;
    }
    case TokenKind::kEndTag:
        return {"EndTag", name};
    case TokenKind::kComment:
        return {"Comment", std::string(token.text)};
    default:
        return {"Character", std::string(token.text)};
    }
}

/* Neighbouring characters are one token, in what is expected and in what comes out. */
void append_token(Json &tokens, Json token) {
    if (token[0] == "Character" && !tokens.empty() && tokens.back()[0] == "Character")
        tokens.back()[1] = tokens.back()[1].get<std::string>() + token[1].get<std::string>();
    else
        tokens.push_back(std::move(token));
}

Json tokenize(const std::string &input, TokenizerState state, const std::string &last_start_tag) {
    std::pmr::monotonic_buffer_resource arena;
    NameTable names(&arena);
    std::pmr::vector<Attribute> attributes(&arena);
    const std::string padded = input + std::string(Tokenizer::kPaddingBytes, '\0');
    Tokenizer tokenizer({padded.data(), input.size()}, names, attributes, arena, 1'000'000);
    tokenizer.set_state(state);
    if (!last_start_tag.empty())
        tokenizer.set_last_start_tag(names.intern(last_start_tag));
    Json tokens = Json::array();
    for (Token token;;) {
        tokenizer.next(token);
        if (token.kind == TokenKind::kEndOfFile)
            return tokens;
        append_token(tokens, token_json(token, names, attributes));
    }
}

Json coerced_to_xml(const Json &tokens) {
    Json coerced = Json::array();
    for (Json token : tokens) {
        if (token[0] == "Character")
            token[1] = coerce_xml_text(token[1].get<std::string>());
        else if (token[0] == "Comment")
            token[1] = coerce_xml_comment(token[1].get<std::string>());
        coerced.push_back(std::move(token));
    }
    return coerced;
}

std::string dump(const Json &tokens) { return tokens.dump(-1, ' ', false, Json::error_handler_t::ignore); }

} // namespace

void run_tokenizer_file(const std::string &path, Tally &tally) {
    const Json file = Json::parse(read_file(path));
    /* These want the tokens as XML can hold them. */
    const bool is_xml = file.contains("xmlViolationTests");
    for (const Json &test : file.value(is_xml ? "xmlViolationTests" : "tests", Json::array())) {
        const bool is_escaped = test.value("doubleEscaped", false);
        const std::string input =
            is_escaped ? unescape(test["input"].get<std::string>()) : test["input"].get<std::string>();
        Json expected = Json::array();
        for (const Json &token : is_escaped ? unescape(test["output"]) : test["output"])
            append_token(expected, token);
        const Json states = test.value("initialStates", Json::array({"Data state"}));
        for (const Json &state : states) {
            Json got = tokenize(input, state_named(state), test.value("lastStartTag", ""));
            if (is_xml)
                got = coerced_to_xml(got);
            report(tally, path + ": " + test.value("description", "") + " [" + state.get<std::string>() + "]", input,
                   dump(expected), got == expected ? dump(expected) : dump(got) + " (differs)");
        }
    }
}

} // namespace webwrap::conformance
