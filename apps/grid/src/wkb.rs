//! Polygons as well-known binary (WKB), the form in which they are stored.
//!
//! Only what the areas need: `Polygon` and `MultiPolygon` in two dimensions. Written little-endian; read in both byte
//! orders, so that shapes written by another program can be read too. Bytes that are not such a shape give an error.

use geo::{Coord, LineString, MultiPolygon, Polygon};

const POLYGON: u32 = 3;
const MULTI_POLYGON: u32 = 6;
/// The least number of bytes that a ring takes: its count of points.
const RING: usize = 4;
/// The bytes of one point.
const POINT: usize = 16;

/// Why bytes are not a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WkbError {
    /// The bytes end too early, or a count is larger than what follows.
    TooShort,
    /// Neither a polygon nor a multipolygon in two dimensions, or not WKB at all.
    NotPolygons,
    /// Bytes are left over.
    TooLong,
}

impl std::fmt::Display for WkbError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            WkbError::TooShort => "the stored shape is cut off",
            WkbError::NotPolygons => "the stored shape is not made of polygons",
            WkbError::TooLong => "bytes follow the stored shape",
        })
    }
}

impl std::error::Error for WkbError {}

/// Writes a shape: one polygon as `Polygon`, any other number as `MultiPolygon`.
pub(crate) fn encode(shape: &MultiPolygon<f64>) -> Vec<u8> {
    let points: usize = shape.iter().flat_map(rings).map(|ring| ring.0.len()).sum();
    let mut out = Vec::with_capacity(64 + points * POINT);
    if let [polygon] = &shape.0[..] {
        put_polygon(&mut out, polygon);
    } else {
        put_head(&mut out, MULTI_POLYGON);
        put_count(&mut out, shape.0.len());
        for polygon in shape {
            put_polygon(&mut out, polygon);
        }
    }
    out
}

/// Reads a shape.
///
/// # Errors
/// [`WkbError`] if the bytes are not exactly one polygon or multipolygon.
pub(crate) fn decode(bytes: &[u8]) -> Result<MultiPolygon<f64>, WkbError> {
    let mut reader = Reader {
        rest: bytes,
        big: false,
    };
    let polygons = match reader.head()? {
        POLYGON => vec![reader.polygon()?],
        MULTI_POLYGON => {
            // A polygon takes nine bytes at the least: byte order, kind and count of rings.
            let count = reader.count(9)?;
            (0..count)
                .map(|_| match reader.head()? {
                    POLYGON => reader.polygon(),
                    _ => Err(WkbError::NotPolygons),
                })
                .collect::<Result<_, _>>()?
        }
        _ => return Err(WkbError::NotPolygons),
    };
    if reader.rest.is_empty() {
        Ok(MultiPolygon(polygons))
    } else {
        Err(WkbError::TooLong)
    }
}

fn rings(polygon: &Polygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    std::iter::once(polygon.exterior()).chain(polygon.interiors())
}

fn put_head(out: &mut Vec<u8>, kind: u32) {
    out.push(1);
    out.extend(kind.to_le_bytes());
}

fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
}

fn put_polygon(out: &mut Vec<u8>, polygon: &Polygon<f64>) {
    put_head(out, POLYGON);
    put_count(out, 1 + polygon.interiors().len());
    for ring in rings(polygon) {
        put_count(out, ring.0.len());
        for point in &ring.0 {
            out.extend(point.x.to_le_bytes());
            out.extend(point.y.to_le_bytes());
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    big: bool,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], WkbError> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(WkbError::TooShort)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn head(&mut self) -> Result<u32, WkbError> {
        self.big = match self.take()? {
            [0] => true,
            [1] => false,
            _ => return Err(WkbError::NotPolygons),
        };
        self.u32()
    }

    fn u32(&mut self) -> Result<u32, WkbError> {
        let bytes = self.take()?;
        Ok(if self.big {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        })
    }

    fn f64(&mut self) -> Result<f64, WkbError> {
        let bytes = self.take()?;
        Ok(if self.big {
            f64::from_be_bytes(bytes)
        } else {
            f64::from_le_bytes(bytes)
        })
    }

    /// A count of things that take at least `least` bytes each: what cannot follow is refused before it is allocated.
    fn count(&mut self, least: usize) -> Result<usize, WkbError> {
        let count = usize::try_from(self.u32()?).map_err(|_| WkbError::TooShort)?;
        if count.saturating_mul(least) > self.rest.len() {
            Err(WkbError::TooShort)
        } else {
            Ok(count)
        }
    }

    fn polygon(&mut self) -> Result<Polygon<f64>, WkbError> {
        let count = self.count(RING)?;
        let mut rings = (0..count)
            .map(|_| self.ring())
            .collect::<Result<Vec<_>, _>>()?
            .into_iter();
        let exterior = rings.next().unwrap_or_else(|| LineString(Vec::new()));
        Ok(Polygon::new(exterior, rings.collect()))
    }

    fn ring(&mut self) -> Result<LineString<f64>, WkbError> {
        let count = self.count(POINT)?;
        (0..count)
            .map(|_| {
                Ok(Coord {
                    x: self.f64()?,
                    y: self.f64()?,
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use geo::polygon;
    use proptest::prelude::*;

    use super::*;

    fn shape() -> MultiPolygon<f64> {
        let holed = polygon!(
            exterior: [(x: 0., y: 0.), (x: 4., y: 0.), (x: 4., y: 4.), (x: 0., y: 4.)],
            interiors: [[(x: 1., y: 1.), (x: 2., y: 1.), (x: 2., y: 2.)]],
        );
        MultiPolygon(vec![holed, polygon![(x: 9., y: 9.), (x: 10., y: 9.), (x: 10., y: 10.)]])
    }

    #[test]
    fn shapes_come_back_as_they_went() {
        let shape = shape();
        assert_eq!(decode(&encode(&shape)), Ok(shape.clone()));
        let one = MultiPolygon(vec![shape.0[1].clone()]);
        assert_eq!(encode(&one)[..5], [1, 3, 0, 0, 0]);
        assert_eq!(decode(&encode(&one)), Ok(one));
    }

    #[test]
    fn big_endian_is_read() {
        // POLYGON((0 0, 1 0, 1 1, 0 0)) as another program writes it.
        let mut bytes = vec![0, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 4];
        for number in [0., 0., 1., 0., 1., 1., 0., 0.0f64] {
            bytes.extend(number.to_be_bytes());
        }
        let expected = MultiPolygon(vec![polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.)]]);
        assert_eq!(decode(&bytes), Ok(expected));
    }

    #[test]
    fn what_is_no_shape_is_an_error() {
        let good = encode(&shape());
        assert_eq!(decode(&good[..good.len() - 1]), Err(WkbError::TooShort));
        assert_eq!(decode(&[good, vec![0]].concat()), Err(WkbError::TooLong));
        assert_eq!(decode(&[1, 1, 0, 0, 0]), Err(WkbError::NotPolygons));
        // A count of four thousand million rings in nine bytes.
        assert_eq!(decode(&[1, 3, 0, 0, 0, 255, 255, 255, 255]), Err(WkbError::TooShort));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), order in 0u8..2, kind in prop_oneof![Just(3u8), Just(6u8)]) {
            let _ = decode(&bytes);
            let mut headed = vec![order];
            headed.extend(if order == 0 { [0, 0, 0, kind] } else { [kind, 0, 0, 0] });
            headed.extend(bytes);
            let _ = decode(&headed);
        }
    }
}
