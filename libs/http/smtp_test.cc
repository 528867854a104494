#include "libs/http/smtp.h"

#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include "libs/base/refusal.h"
#include "libs/testing/run_task.h"

namespace houbu::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// A mail server for one session on a thread of its own; answers RCPT and the message as told.
class MailServer final {
 public:
  MailServer(std::string rcpt_reply, std::string message_reply)
      : acceptor_(loop_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        rcpt_reply_(std::move(rcpt_reply)),
        message_reply_(std::move(message_reply)),
        session_([this] { Serve(); }) {}

  ~MailServer() { Wait(); }

  std::string url() const {
    return absl::StrCat("smtp://127.0.0.1:", acceptor_.local_endpoint().port());
  }

  // Ends with the session; what was said is then complete.
  const std::string& Wait() {
    if (session_.joinable()) {
      session_.join();
    }
    return heard_;
  }

 private:
  std::string ReplyTo(const std::string& line) const {
    if (absl::StartsWith(line, "RCPT")) return rcpt_reply_;
    if (absl::StartsWith(line, "DATA")) return "354 go on";
    if (absl::StartsWith(line, "QUIT")) return "221 bye";
    return "250 ok";
  }

  void Say(tcp::socket& socket, const std::string& line) {
    boost::system::error_code ignored;
    asio::write(socket, asio::buffer(line + "\r\n"), ignored);
  }

  // Takes what ends with `end` off the socket, "" when the client is gone.
  std::string Hear(tcp::socket& socket, const std::string& end) {
    boost::system::error_code failure;
    const std::size_t size = asio::read_until(socket, asio::dynamic_buffer(buffer_), end, failure);
    if (failure) {
      return "";
    }
    std::string text = buffer_.substr(0, size);
    buffer_.erase(0, size);
    heard_ += text;
    return text;
  }

  void Serve() {
    tcp::socket socket = acceptor_.accept();
    Say(socket, "220 ready");
    for (std::string line = Hear(socket, "\r\n"); !line.empty(); line = Hear(socket, "\r\n")) {
      Say(socket, ReplyTo(line));
      if (absl::StartsWith(line, "DATA")) {
        (void)Hear(socket, "\r\n.\r\n");
        Say(socket, message_reply_);
      }
    }
  }

  asio::io_context loop_;
  tcp::acceptor acceptor_;
  std::string rcpt_reply_;
  std::string message_reply_;
  std::string buffer_;
  std::string heard_;
  std::thread session_;
};

Mail SampleMail() {
  Mail mail;
  mail.message_id = "dl-1@houbu.example";
  mail.from = "notice@houbu.example";
  mail.to = "jia@example.com";
  mail.subject = "候补兑现";
  mail.text = "..\n";
  mail.date = absl::FromUnixSeconds(1793491200);
  return mail;
}

absl::Status SendTo(const std::string& url, Mail mail) {
  asio::io_context loop(1);
  async::WorkerPool pool(async::WorkerPoolOptions{});
  SmtpOptions options;
  options.url = url;
  options.timeout = absl::Seconds(5);
  Smtp smtp(pool, options);
  return testing::RunTask(loop, smtp.Send(std::move(mail)));
}

}  // namespace

TEST_CASE("a mail arrives whole, with its envelope", "[http][smtp]") {
  MailServer server("250 ok", "250 taken");
  CHECK(SendTo(server.url(), SampleMail()).ok());
  const std::string heard = server.Wait();
  CHECK(absl::StrContains(heard, "MAIL FROM:<notice@houbu.example>"));
  CHECK(absl::StrContains(heard, "RCPT TO:<jia@example.com>"));
  CHECK(absl::StrContains(heard, *RenderMail(SampleMail())));
}

TEST_CASE("a mail server's no is final, its later is not", "[http][smtp]") {
  struct Row {
    const char* rcpt;
    const char* message;
    absl::StatusCode code;
    const char* reason;
  };
  const Row rows[] = {
      {"550 no such user", "250 taken", absl::StatusCode::kFailedPrecondition, "MAIL_REFUSED"},
      {"250 ok", "554 spam", absl::StatusCode::kFailedPrecondition, "MAIL_REFUSED"},
      {"450 try later", "250 taken", absl::StatusCode::kUnavailable, ""},
      {"250 ok", "451 try later", absl::StatusCode::kUnavailable, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rcpt, row.message);
    MailServer server(row.rcpt, row.message);
    const absl::Status status = SendTo(server.url(), SampleMail());
    CHECK(status.code() == row.code);
    CHECK(ReasonOf(status) == row.reason);
  }
}

TEST_CASE("a mail server that is away is an outage", "[http][smtp]") {
  asio::io_context loop;
  tcp::acceptor taken(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  const auto port = taken.local_endpoint().port();
  taken.close();
  CHECK(absl::IsUnavailable(SendTo(absl::StrCat("smtp://127.0.0.1:", port), SampleMail())));
}

TEST_CASE("a malformed mail never leaves", "[http][smtp]") {
  Mail mail = SampleMail();
  mail.to = "jia@example.com>\r\nRCPT TO:<eve@example.com";
  CHECK(ReasonOf(SendTo("smtp://127.0.0.1:1", mail)) == "INVALID_MAIL");
}

}  // namespace houbu::http
