// The notification service: tells people what happened, by the channels they chose.
#include <map>
#include <memory>
#include <string>

#include "libs/base/status_macros.h"
#include "libs/http/smtp.h"
#include "libs/process/account_traces.h"
#include "libs/process/process.h"
#include "libs/secrets/field_cipher.h"
#include "libs/secrets/keys.h"
#include "services/notification/app/contact_book.h"
#include "services/notification/app/dispatch.h"
#include "services/notification/app/message_intake.h"
#include "services/notification/app/retention.h"
#include "services/notification/peers/mail_carrier.h"
#include "services/notification/peers/sms_carrier.h"
#include "services/notification/rpc/notification_handlers.h"
#include "services/notification/storage/account_traces.h"
#include "services/notification/storage/postgres_contact_store.h"
#include "services/notification/storage/postgres_message_store.h"
#include "services/notification/storage/schema.h"

namespace houbu::notification {
namespace {

/// What an operator sets.
struct NotificationConfig {
  process::CommonConfig common;
  std::string field_key_file;
  std::string sms_url = "http://127.0.0.1:7463";
  std::string smtp_url = "smtp://127.0.0.1:7464";
  std::string mail_from = "notice@houbu.example";
  DeliveryPolicy delivery;
  absl::Duration deliveries_kept = absl::Hours(24 * 30);

  void Bind(process::Binder& binder) {
    common.Bind(binder);
    common.BindRequestKey(binder);
    binder.File("secrets.field_key_file", &field_key_file,
                "32 bytes in hex that encrypt addresses and texts at rest.");
    binder.Optional("sms.url", &sms_url, "Base URL of the SMS carrier.");
    binder.Optional("smtp.url", &smtp_url, "Where e-mail goes out, smtp://host:port.");
    binder.Optional("smtp.from", &mail_from, "The sender's address.");
    binder.Optional("delivery.attempts_max", &delivery.attempts_max,
                    "Tries before a delivery is given up and kept.",
                    process::Range{.least = 1, .most = 100});
    binder.Optional("delivery.backoff_first", &delivery.backoff_first,
                    "Pause after the first failed try; doubles from there.");
    binder.Optional("delivery.backoff_max", &delivery.backoff_max, "The longest pause.");
    binder.Optional("retention.deliveries", &deliveries_kept,
                    "How long deliveries that have ended are kept.");
  }
};

absl::StatusOr<process::Parts> BuildNotification(process::Environment& env,
                                                 const NotificationConfig& config) {
  ASSIGN_OR_RETURN(secrets::Key key, secrets::LoadKeyFile(config.field_key_file));
  ASSIGN_OR_RETURN(secrets::FieldCipher loaded, secrets::FieldCipher::Create({{1, key}}));

  process::Parts parts;
  auto& cipher = parts.Own<secrets::FieldCipher>(std::move(loaded));
  auto& contacts = parts.Own<PostgresContactStore>(env.postgres(), cipher);
  auto& messages = parts.Own<PostgresMessageStore>(env.postgres(), cipher);

  http::SmtpOptions smtp_options;
  smtp_options.url = config.smtp_url;
  smtp_options.timeout = absl::Seconds(15);
  auto& smtp = parts.Own<http::Smtp>(env.workers(), smtp_options);
  auto& mail = parts.Own<MailCarrier>(smtp, config.mail_from);
  auto& sms = parts.Own<SmsCarrier>(env.http(), config.sms_url);

  auto& book = parts.Own<ContactBook>(contacts, env.clock());
  auto& intake = parts.Own<MessageIntake>(messages, contacts, env.clock(), env.ids(), [] {});
  auto& dispatch = parts.Own<Dispatch>(messages, Carriers{sms, mail}, env.clock(), config.delivery);

  parts.Serve<NotificationHandlers>(env.seam(), book, intake);
  process::ServeAccountTraces(parts, env, {"", {kForgetAccount.begin(), kForgetAccount.end()}});
  parts.loops.push_back({"dispatch_sms", absl::Milliseconds(200),
                         [&dispatch] { return dispatch.SendDue(Channel::kSms); }});
  parts.loops.push_back({"dispatch_email", absl::Milliseconds(200),
                         [&dispatch] { return dispatch.SendDue(Channel::kEmail); }});
  auto& retention = parts.Own<Retention>(messages, env.clock(), config.deliveries_kept);
  parts.loops.push_back(
      {"retention", absl::Minutes(1), [&retention] { return retention.Round(); }});
  return parts;
}

}  // namespace
}  // namespace houbu::notification

int main(int argc, char** argv) {
  houbu::process::Service<houbu::notification::NotificationConfig> service;
  service.name = "notification";
  service.migrations = houbu::notification::kMigrations;
  service.build = houbu::notification::BuildNotification;
  return houbu::process::Run(argc, argv, service);
}
