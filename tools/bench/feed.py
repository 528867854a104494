"""Makes the timetable the benchmark runs on: equal lines of equal trains, large enough to sell."""

import os
from dataclasses import dataclass

STOPS = 20
TRIP_LEGS = 5
CLASS = "second"
_ROWS, _LETTERS = 20, "ABCDF"
_FEN_PER_100_KM = 4750
_LEG_MINUTES, _LEG_KM = 20, 80


@dataclass(frozen=True)
class Feed:
    """How many lines there are, trains of each, coaches of each, and days on which they run."""

    lines: int
    trains: int
    coaches: int
    days: int

    @property
    def seats(self):
        """Seats of a train."""
        return self.coaches * _ROWS * len(_LETTERS)

    def write(self, folder):
        """Writes a GTFS folder and a classes file; returns their paths."""
        gtfs, classes = os.path.join(folder, "gtfs"), os.path.join(folder, "classes.csv")
        os.makedirs(gtfs, exist_ok=True)
        for name, lines in self._gtfs().items():
            _write(os.path.join(gtfs, name + ".txt"), lines)
        _write(classes, self._classes())
        return gtfs, classes

    def _gtfs(self):
        stops = ["stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station"]
        routes = ["route_id,agency_id,route_short_name,route_long_name,route_type"]
        trips = ["route_id,service_id,trip_id,trip_short_name,trip_headsign"]
        times = ["trip_id,arrival_time,departure_time,stop_id,stop_sequence,shape_dist_traveled"]
        for line in range(self.lines):
            routes.append(f"L{line:02d},HB,L{line:02d},L{line:02d},2")
            for stop in range(STOPS):
                place = f"{30 + line * 0.5:.3f},{110 + stop * 0.5:.3f}"
                stops.append(f"{station(line, stop)},{city(line, stop)},{place},,")
            for train in range(self.trains):
                name = _trip(line, train)
                trips.append(f"L{line:02d},DAILY,{name},{name},{city(line, STOPS - 1)}")
                for stop in range(STOPS):
                    at = _clock(6 * 60 + train * 60 + stop * _LEG_MINUTES)
                    distance = stop * _LEG_KM
                    times.append(f"{name},{at},{at},{station(line, stop)},{stop + 1},{distance}")
        return {
            "agency": ["agency_id,agency_name,agency_url,agency_timezone,agency_lang",
                       "HB,候补基准铁路,https://example.com,Asia/Shanghai,zh"],
            "calendar": ["service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
                         "start_date,end_date", "DAILY,1,1,1,1,1,1,1,20260101,20361231"],
            "routes": routes, "stops": stops, "trips": trips, "stop_times": times,
        }  # fmt: skip

    def _classes(self):
        rows = ["record,train,class,kind,coach,places,from_stop,to_stop,fen"]
        for line in range(self.lines):
            for train in range(self.trains):
                name = _trip(line, train)
                rows.append(f"class,{name},{CLASS},assigned,,,,,")
                for coach in range(1, self.coaches + 1):
                    rows.append(f"coach,{name},{CLASS},,{coach:02d},01-{_ROWS:02d}:{_LETTERS},,,")
                rows.append(f"rate,{name},{CLASS},,,,,,{_FEN_PER_100_KM}")
                rows.append(f"class,{name},standing,counted,,100,,,")
                rows.append(f"rate,{name},standing,,,,,,{_FEN_PER_100_KM}")
        return rows


FULL = Feed(lines=10, trains=10, coaches=10, days=10)
SHORT = Feed(lines=2, trains=10, coaches=3, days=2)


def city(line, stop):
    """The name of a city, which is also its station's."""
    return f"城{line:02d}-{stop:02d}"


def station(line, stop):
    """The id of a station."""
    return f"S{line:02d}{stop:02d}"


def stations(line):
    """The stations of a line in their order."""
    return [station(line, stop) for stop in range(STOPS)]


def line_of(train):
    """The line of a train, by its number."""
    return int(train[1:3])


def _trip(line, train):
    return f"B{line:02d}{train:02d}"


def _clock(minutes):
    return f"{minutes // 60:02d}:{minutes % 60:02d}:00"


def _write(path, lines):
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
