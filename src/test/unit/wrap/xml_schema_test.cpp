#include "core/wrap/xml_schema.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"

namespace webwrap {
namespace {

const std::string kHead = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>";

std::string problem_of(const std::string &text) {
    try {
        const XmlSchema schema(text);
    } catch (const Error &error) {
        EXPECT_EQ(error.kind(), ErrorKind::kInvalidOption);
        return error.message();
    }
    return {};
}

std::string schema_of(const std::string &children, const std::string &name = "record") {
    return kHead + "<xs:element name='" + name + "'><xs:complexType><xs:sequence>" + children +
           "</xs:sequence></xs:complexType></xs:element></xs:schema>";
}

/* Violations of the schema by a page of two records. */
std::vector<Violation> violations(const std::string &schema) {
    Wrapper wrapper = wrapper_from_json(R"({"rows": {"xpath": "//li"}, "columns": {"word": {"xpath": "b"},
        "number of": {"xpath": "i", "type": "integer"}, "tag": {"xpath": "u", "max_occurs": -1},
        "part": {"xpath": "p", "columns": {"at": {"xpath": "s", "type": "timestamp"}}}}})");
    wrapper.xml_schema = schema;
    const auto page = parse_html("<ul><li><b>one & < two</b><i>1</i><u>x</u><u>y</u><p><s>2020-01-02 03:04:05</s></p>"
                                 "<li><b>three</b><i>70</i></ul>");
    return Extractor(wrapper).extract(*page, {}).violations;
}

const std::string kWord = "<xs:element name='word' type='xs:string'/>";
const std::string kNumber = "<xs:element name='number_x0020_of' type='xs:int'/>";
const std::string kTag = "<xs:element name='tag' minOccurs='0' maxOccurs='2'/>";
const std::string kPart = "<xs:element name='part' minOccurs='0'><xs:complexType><xs:sequence><xs:element name='at' "
                          "type='xs:dateTime'/></xs:sequence></xs:complexType></xs:element>";

TEST(XmlSchema, accepts_records_that_satisfy_it) {
    EXPECT_TRUE(violations(schema_of(kWord + kNumber + kTag + kPart)).empty());
}

TEST(XmlSchema, names_the_column_and_the_row) {
    const std::vector<Violation> found = violations(
        schema_of(kWord +
                  "<xs:element name='number_x0020_of'><xs:simpleType><xs:restriction base='xs:int'><xs:maxInclusive "
                  "value='50'/></xs:restriction></xs:simpleType></xs:element>" +
                  kTag + kPart));
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found.front().pattern, "number of");
    EXPECT_EQ(found.front().constraint_name, "xml_schema");
    EXPECT_EQ(found.front().record, 1U);
    EXPECT_NE(found.front().detail.find("row 2: "), std::string::npos) << found.front().detail;
    EXPECT_NE(found.front().detail.find("70"), std::string::npos) << found.front().detail;
}

TEST(XmlSchema, counts_children_and_looks_into_nested_columns) {
    EXPECT_EQ(violations(schema_of(kWord + kNumber + "<xs:element name='tag' minOccurs='0'/>" + kPart)).at(0).pattern,
              "tag");
    EXPECT_EQ(violations(schema_of(kWord + kNumber + kTag + "<xs:element name='part'/>")).at(0).pattern, "rows");
    std::string other = kPart;
    other.replace(other.find("xs:dateTime"), 11, "xs:date");
    EXPECT_EQ(violations(schema_of(kWord + kNumber + kTag + other)).at(0).pattern, "part");
    EXPECT_EQ(violations(schema_of(kWord + kNumber + kTag + kPart, "other")).at(0).pattern, "rows");
}

TEST(XmlSchema, reads_nothing_but_its_text) {
    EXPECT_EQ(problem_of(kHead + "<xs:include schemaLocation='/etc/passwd'/></xs:schema>"),
              "XML schema has an xs:include");
    EXPECT_EQ(problem_of(kHead + "<xs:import namespace='x' schemaLocation='http://127.0.0.1/'/></xs:schema>"),
              "XML schema has an xs:import");
    EXPECT_EQ(problem_of("<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + kHead + "</xs:schema>"),
              "XML schema has a document type declaration");
}

TEST(XmlSchema, is_bounded) {
    EXPECT_EQ(problem_of(schema_of("<xs:element name='a' maxOccurs='1000000000'/>")),
              "XML schema has a maxOccurs above 10000");
    EXPECT_EQ(problem_of(schema_of("<xs:element name='a' minOccurs='99999999999999999999' maxOccurs='unbounded'/>")),
              "XML schema has a minOccurs above 10000");
    EXPECT_EQ(problem_of(kHead + std::string(XmlSchema::kMaxBytes, ' ') + "</xs:schema>"),
              "XML schema is larger than 64 kB");
}

TEST(XmlSchema, says_what_is_wrong_with_it) {
    for (const std::string text : {"", "<xs:schema", "<x/>", "<!-- -->"})
        EXPECT_EQ(problem_of(text), "XML schema is not valid") << text;
    EXPECT_EQ(problem_of(schema_of("<xs:element name='a' type='xs:nothing'/>")), "XML schema is not valid");
    EXPECT_EQ(problem_of(schema_of("<xs:element name='a' maxOccurs='0' minOccurs='2'/>")), "XML schema is not valid");
}

} // namespace
} // namespace webwrap
