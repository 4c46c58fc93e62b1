#include "core/parse/media_type.hpp"

#include <gtest/gtest.h>

#include <string>

namespace webwrap {
namespace {

using namespace std::string_view_literals;

constexpr auto kZeros = "a\0b"sv;
constexpr auto kPng = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR"sv;

TEST(MediaTypeTest, TypesThatAreBelieved) {
    for (const char *type :
         {"text/html", "TEXT/HTML; charset=x", "text/csv", "text/css", "text/markdown", "text/x-whatever", "text/xml",
          "application/xhtml+xml", "application/xml", "application/json", "application/ld+json", "application/rss+xml",
          "image/svg+xml", "application/javascript", "application/x-ndjson", "application/yaml",
          "text/plain; charset=utf-8", "text/plain;charset=UTF-8", "text/plain; charset=windows-1251"})
        EXPECT_TRUE(is_text_body(type, kZeros)) << type;
    for (const char *type : {"image/png", "application/pdf", "application/octet-stream", "application/zip",
                             "application/x-unknown", "audio/mpeg", "video/mp4", "font/woff2", "multipart/mixed"})
        EXPECT_FALSE(is_text_body(type, "<html>")) << type;
}

TEST(MediaTypeTest, PlainTextIsLookedAtAsServersMakeItUp) {
    for (const char *type : {"text/plain", " text/plain ", "text/plain; charset=ISO-8859-1",
                             "text/plain; charset=iso-8859-1", "text/plain; charset=UTF-8"}) {
        EXPECT_TRUE(is_text_body(type, "tab\tline\r\n form\f escape\x1B[0m \x80\xFF")) << type;
        EXPECT_TRUE(is_text_body(type, "")) << type;
        for (const std::string_view bom : {"\xFE\xFF\0a"sv, "\xFF\xFE\x61\0"sv, "\xEF\xBB\xBF\1"sv})
            EXPECT_TRUE(is_text_body(type, bom)) << type;
        for (const std::string_view binary : {kZeros, kPng, "\1"sv, "\x08"sv, "\x0B"sv, "\x0E"sv, "\x1A"sv, "\x1F"sv})
            EXPECT_FALSE(is_text_body(type, binary)) << type;
        EXPECT_TRUE(is_text_body(type, kZeros, true)) << "it is certain";
    }
}

TEST(MediaTypeTest, OnlyTheBeginningIsLookedAt) {
    const std::string text(1444, 'x');
    EXPECT_FALSE(is_text_body("", text + '\0'));
    EXPECT_TRUE(is_text_body("", text + "x" + '\0'));
}

TEST(MediaTypeTest, WhatSaysNothingIsFoundOutFromTheBytes) {
    for (const char *type : {"", "html", "text", "/", "text/", "/html", "te xt/html", "text/html/x", "unknown/unknown",
                             "application/unknown", "*/*", "; charset=utf-8"}) {
        for (const std::string_view body :
             {"plain words"sv, ""sv, "<p>text\r\n\t\x1B[0m"sv, "\xFF\xFEp\0"sv, "{\"a\": 1}"sv, "BMW, 3\n"sv,
              "ID, name"sv, "RIFF is a word"sv, "gr\xFC\xDF"sv})
            EXPECT_TRUE(is_text_body(type, body)) << type << ": " << body;
        for (const std::string_view body : {kPng,
                                            kZeros,
                                            "%PDF-1.7\n%\xE2\xE3\xCF\xD3"sv,
                                            "%!PS-Adobe-3.0"sv,
                                            "GIF89a//"sv,
                                            "GIF87a//"sv,
                                            "\xFF\xD8\xFF\xE0 JFIF"sv,
                                            "RIFF....WEBPVP8 "sv,
                                            "RIFF....AVI LIST"sv,
                                            "RIFF....WAVEfmt "sv,
                                            "FORM....AIFF"sv,
                                            "ID3 and more"sv,
                                            "OggS\0"sv,
                                            "PK\3\4"sv,
                                            "\x1F\x8B\x08"sv,
                                            "Rar!\x1A\7"sv,
                                            "\0\0\1\0"sv,
                                            "BM\x36\0\0"sv,
                                            "\0asm"sv,
                                            "\x7F"
                                            "ELF\2"sv})
            EXPECT_FALSE(is_text_body(type, body)) << type << ": " << body;
    }
}

TEST(MediaTypeTest, MarkupIsTextWhateverElseIsInIt) {
    for (const char *start : {"<!DOCTYPE html>",
                              "<!doctype HTML ",
                              "<html>",
                              "<HEAD>",
                              "<script ",
                              "<iframe>",
                              "<h1>",
                              "<div ",
                              "<font ",
                              "<table>",
                              "<a ",
                              "<style>",
                              "<title>",
                              "<b>",
                              "<body>",
                              "<br>",
                              "<p>",
                              "<!-- ",
                              "<?xml",
                              " \t\n\f\r<html>"}) {
        EXPECT_TRUE(is_text_body("", start + std::string("\0", 1))) << start;
        EXPECT_TRUE(is_text_body("application/unknown", start + std::string("\1", 1))) << start;
    }
    for (const char *start : {"<htmlx>", "<p/>", "<h2>", "<li>", "\x0B<html>", "x<html>", "<!-", "<html"})
        EXPECT_FALSE(is_text_body("", start + std::string("\0", 1))) << start;
}

} // namespace
} // namespace webwrap
