/// E-mail by SMTP: one plain-text message to one person.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/async/worker_pool.h"

namespace houbu::http {

/// Where mail goes out.
struct SmtpOptions {
  std::string url = "smtp://127.0.0.1:25";  ///< smtp://host:port or smtps://host:port.
  bool require_tls = false;                 ///< With smtp://: STARTTLS must succeed.
  std::string user;                         ///< "" sends without signing in.
  std::string password;
  std::string ca_file;  ///< PEM bundle to trust; "" is the system's.
  absl::Duration connect_timeout = absl::Seconds(5);
  absl::Duration timeout = absl::Seconds(30);
};

/// One message. No header value may contain a line break or another control character.
struct Mail {
  std::string message_id;  ///< "dl-...@houbu.example", stable over repeats so receivers can dedupe.
  std::string from;        ///< Address alone: "notice@houbu.example".
  std::string from_name;   ///< Shown name, UTF-8; may be empty.
  std::string to;          ///< Address alone.
  std::string subject;     ///< UTF-8.
  std::string text;        ///< UTF-8 body; lines end in \n.
  std::string language;    ///< Content-Language, as "zh-CN"; may be empty.
  absl::Time date;
};

/// Writes a mail in RFC 5322 form: RFC 2047 words for UTF-8 headers, base64 UTF-8 body,
/// Auto-Submitted. Refuses line breaks in headers and malformed addresses as INVALID_ARGUMENT with
/// reason INVALID_MAIL.
absl::StatusOr<std::string> RenderMail(const Mail& mail);

/// Hands mail to an SMTP server, with libcurl on a bounded pool.
class Smtp final {
 public:
  /// Uses the threads of `pool`, which must outlive this.
  Smtp(async::WorkerPool& pool, SmtpOptions options);

  /// Ends OK when the server has taken the mail. UNAVAILABLE when it is away or says 4xx (try
  /// again), DEADLINE_EXCEEDED when time ran out, FAILED_PRECONDITION with reason MAIL_REFUSED when
  /// it says 5xx, and what RenderMail refuses.
  async::Task<void> Send(Mail mail);

 private:
  async::WorkerPool& pool_;
  SmtpOptions options_;
};

}  // namespace houbu::http
