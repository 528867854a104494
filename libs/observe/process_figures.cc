#include "libs/observe/process_figures.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/text.h"
#include "prometheus/collectable.h"

namespace houbu::observe {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily MakeFigure(const char* name, const char* help, MetricType type, double value) {
  ClientMetric metric;
  if (type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  family.metric.push_back(std::move(metric));
  return family;
}

double CountDescriptors() {
  DIR* folder = opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  double count = 0;
  while (const dirent* entry = readdir(folder)) {
    if (entry->d_name[0] != '.') ++count;
  }
  closedir(folder);
  return count - 1;  // The folder's own descriptor.
}

double MostDescriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

// The fields of /proc/self/stat from the third on: the second, the program's name in parentheses,
// may hold spaces. Field n of proc(5) is at n - 3.
std::vector<double> ReadStat() {
  std::vector<double> fields;
  std::FILE* file = std::fopen("/proc/self/stat", "re");
  if (file == nullptr) return fields;
  char text[2048];
  const std::size_t length = std::fread(text, 1, sizeof text - 1, file);
  std::fclose(file);
  text[length] = '\0';
  const char* cursor = std::strrchr(text, ')');
  if (cursor == nullptr || std::strlen(cursor) < 4) return fields;
  fields.push_back(0);  // The state is a letter.
  cursor += 3;
  char* end = nullptr;
  for (double value = std::strtod(cursor, &end); end != cursor; value = std::strtod(cursor, &end)) {
    fields.push_back(value);
    cursor = end;
  }
  return fields;
}

class ProcessFigures final : public prometheus::Collectable {
 public:
  explicit ProcessFigures(absl::Time started) : started_(started) {}

  std::vector<MetricFamily> Collect() const override {
    std::vector<MetricFamily> figures;
    figures.push_back(MakeFigure("process_start_time_seconds", "Start of the process, Unix time.",
                                 MetricType::Gauge,
                                 absl::ToDoubleSeconds(started_ - absl::UnixEpoch())));
    figures.push_back(MakeFigure("process_open_fds", "Open file descriptors.", MetricType::Gauge,
                                 CountDescriptors()));
    figures.push_back(MakeFigure("process_max_fds", "Most file descriptors that may be open.",
                                 MetricType::Gauge, MostDescriptors()));
    const std::vector<double> stat = ReadStat();
    if (stat.size() < 22) return figures;
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
    figures.push_back(MakeFigure("process_cpu_seconds_total", "CPU time, user and system.",
                                 MetricType::Counter, (stat[11] + stat[12]) / ticks));
    figures.push_back(MakeFigure("process_threads", "Threads.", MetricType::Gauge, stat[17]));
    figures.push_back(
        MakeFigure("process_virtual_memory_bytes", "Virtual memory.", MetricType::Gauge, stat[20]));
    figures.push_back(MakeFigure("process_resident_memory_bytes", "Resident memory.",
                                 MetricType::Gauge, stat[21] * page));
    return figures;
  }

 private:
  absl::Time started_;
};

}  // namespace

void AddProcessFigures(Metrics& metrics, absl::string_view service, absl::string_view version,
                       absl::Time started) {
  Labels labels;
  labels["service"] = std::string(ToStd(service));
  labels["version"] = std::string(ToStd(version));
  metrics.AddGauge("houbu_build_info", "What runs here; always 1.", labels).Set(1);
  metrics.AddSource(std::make_shared<ProcessFigures>(started));
}

}  // namespace houbu::observe
