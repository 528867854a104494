#include "libs/http/message.h"

#include <catch2/catch.hpp>

namespace houbu::http {
namespace {

Request RequestTo(std::string url) {
  Request request;
  request.url = std::move(url);
  return request;
}

}  // namespace

TEST_CASE("header names compare without case and values replace", "[http][message]") {
  Headers headers;
  headers.Set("X-Signature", "a");
  headers.Set("x-signature", "b");
  CHECK(headers.Get("X-SIGNATURE") == "b");
  CHECK(headers.fields().size() == 1);
  CHECK(headers.Get("Absent").empty());
}

TEST_CASE("a path is what stands before the query", "[http][message]") {
  CHECK(PathOf(RequestTo("/callbacks/wechat?x=1")) == "/callbacks/wechat");
  CHECK(PathOf(RequestTo("http://host:80/a/b#c")) == "/a/b");
  CHECK(PathOf(RequestTo("http://host")) == "/");
  CHECK(PathOf(RequestTo("http://host?x=1")) == "/");
  CHECK(PathOf(RequestTo("/go?to=http://other/path")) == "/go");
}

TEST_CASE("query parameters are decoded", "[http][message]") {
  const Request request = RequestTo("/q?to=%E5%80%99+a%2Bb&empty=&flag&bad=%zz%4&to=second#to=no");
  CHECK(*QueryParameter(request, "to") == "候 a+b");
  CHECK(*QueryParameter(request, "empty") == "");
  CHECK(*QueryParameter(request, "flag") == "");
  CHECK(*QueryParameter(request, "bad") == "%zz%4");
  CHECK_FALSE(QueryParameter(request, "absent").has_value());
  CHECK_FALSE(QueryParameter(RequestTo("/q"), "to").has_value());
}

TEST_CASE("what is percent-encoded is read back", "[http][message]") {
  const std::string text = "候补 a/b?c=d&e+%~";
  CHECK(PercentEncode("a b~") == "a%20b~");
  CHECK(*QueryParameter(RequestTo("/q?x=" + PercentEncode(text)), "x") == text);
}

TEST_CASE("an error answer is JSON whatever the message", "[http][message]") {
  const Response response = ErrorResponse(404, "NOT_FOUND", "a \"b\"\n\xFF");
  CHECK(response.status == 404);
  CHECK(response.headers.Get("content-type") == "application/json");
  CHECK(response.body == "{\"error\":\"NOT_FOUND\",\"message\":\"a \\\"b\\\"\\n\xEF\xBF\xBD\"}");
}

}  // namespace houbu::http
