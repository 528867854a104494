/// Runs for tests of the record.
#pragma once

namespace houbu::slot {

/// The sample: trains g1 and g3 (stops a, b, c; second: 4 numbered seats, standing: 2 counted) on
/// 1 December, g3 leaving while g1 is still under way; windows w1 and w2 of station pek and w9 of
/// pvg with an exit-card class of 2 places at 20 yuan. All in Shanghai's time; today is the 20th of
/// November.
inline constexpr char kSample[] = R"sql(
  INSERT INTO runs (id, kind, display_name, service_date, time_zone, sale_open_at, departs_at)
  VALUES
    ('g1', 'TRAIN', 'G1', '2026-12-01', 'Asia/Shanghai', '2026-11-01', '2026-12-01 08:00+08'),
    ('g3', 'TRAIN', 'G3', '2026-12-01', 'Asia/Shanghai', '2026-11-01', '2026-12-01 09:30+08'),
    ('w1', 'WINDOW', '上午', '2026-12-01', 'Asia/Shanghai', '2026-11-01', '2026-12-01 09:00+08'),
    ('w2', 'WINDOW', '上午', '2026-12-02', 'Asia/Shanghai', '2026-11-01', '2026-12-02 09:00+08'),
    ('w9', 'WINDOW', '上午', '2026-12-01', 'Asia/Shanghai', '2026-11-01', '2026-12-01 14:00+08');
  INSERT INTO run_stops (run_id, stop_index, station_id, station_name, city, arrives_at,
                         departs_at)
  VALUES
    ('g1', 0, 'a', '甲', '甲市', '2026-12-01 08:00+08', '2026-12-01 08:00+08'),
    ('g1', 1, 'b', '乙', '乙市', '2026-12-01 09:00+08', '2026-12-01 09:05+08'),
    ('g1', 2, 'c', '丙', '丙市', '2026-12-01 10:00+08', '2026-12-01 10:00+08'),
    ('g3', 0, 'a', '甲', '甲市', '2026-12-01 09:30+08', '2026-12-01 09:30+08'),
    ('g3', 1, 'b', '乙', '乙市', '2026-12-01 10:30+08', '2026-12-01 10:35+08'),
    ('g3', 2, 'c', '丙', '丙市', '2026-12-01 11:30+08', '2026-12-01 11:30+08'),
    ('w1', 0, 'pek', '首都', '北京', '2026-12-01 09:00+08', '2026-12-01 09:00+08'),
    ('w1', 1, 'pek', '首都', '北京', '2026-12-01 12:00+08', '2026-12-01 12:00+08'),
    ('w2', 0, 'pek', '首都', '北京', '2026-12-02 09:00+08', '2026-12-02 09:00+08'),
    ('w2', 1, 'pek', '首都', '北京', '2026-12-02 12:00+08', '2026-12-02 12:00+08'),
    ('w9', 0, 'pvg', '浦东', '上海', '2026-12-01 14:00+08', '2026-12-01 14:00+08'),
    ('w9', 1, 'pvg', '浦东', '上海', '2026-12-01 17:00+08', '2026-12-01 17:00+08');
  INSERT INTO run_classes (run_id, code, kind, capacity) VALUES
    ('g1', 'second', 'ASSIGNED', 4), ('g1', 'standing', 'COUNTED', 2),
    ('g3', 'second', 'ASSIGNED', 4),
    ('w1', 'exit-card', 'COUNTED', 2), ('w2', 'exit-card', 'COUNTED', 2),
    ('w9', 'exit-card', 'COUNTED', 2);
  INSERT INTO run_units (run_id, class_code, unit, coach, number)
  SELECT run, 'second', u, '01', '0' || (u + 1)
  FROM unnest(ARRAY['g1', 'g3']) AS run, generate_series(0, 3) AS u;
  INSERT INTO run_fares (run_id, class_code, from_stop, to_stop, fare_minor)
  SELECT run, class, f, t, (t - f) * 10000
  FROM (VALUES ('g1', 'second'), ('g1', 'standing'), ('g3', 'second')) AS k(run, class),
       (VALUES (0, 1), (1, 2), (0, 2)) AS s(f, t);
  INSERT INTO run_fares (run_id, class_code, from_stop, to_stop, fare_minor)
  SELECT run, 'exit-card', 0, 1, 2000 FROM unnest(ARRAY['w1', 'w2', 'w9']) AS run;
)sql";

/// On g1 besides: seats sold out of second class by another code and at half the price.
inline constexpr char kSharingSample[] = R"sql(
  INSERT INTO run_classes (run_id, code, kind, capacity, positions, shares) VALUES
    ('g1', 'bargain', 'ASSIGNED', 4, 'UL', 'second');
  INSERT INTO run_fares (run_id, class_code, from_stop, to_stop, fare_minor)
  SELECT 'g1', 'bargain', f, t, (t - f) * 5000 FROM (VALUES (0, 1), (1, 2), (0, 2)) AS s(f, t);
  UPDATE run_classes SET positions = 'ACDF' WHERE run_id = 'g1' AND code = 'second';
)sql";

}  // namespace houbu::slot
