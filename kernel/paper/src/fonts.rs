//! Finding fonts: two faces, regular and bold, of one family that has Chinese characters.
//!
//! A server has hundreds of font files, and reading them all takes seconds and much memory. So only files whose names say
//! that they are a Chinese family are opened, the most wanted first; in the configured folder, every font file.

use std::fmt;
use std::path::{Path, PathBuf};

use typst::foundations::Bytes;
use typst::text::{Font, FontBook, FontWeight};
use typst::utils::LazyHash;

use crate::Error;

/// How the files of Chinese families begin, in lower case and without `-`, `_` and blanks; the most wanted first.
const WANTED: &[&str] = &[
    "notosanscjk",
    "notosanssc",
    "sourcehansans",
    "notoserifcjk",
    "notoserifsc",
    "sourcehanserif",
    "sourcehanmono",
    "msyh",
    "wqy",
    "pingfang",
    "simhei",
    "simsun",
    "droidsansfallback",
    "fandol",
    "arphic",
    "uming",
    "ukai",
];

/// Characters that a font needs to be of use.
const NEEDED: &str = "经纬案件月报";

/// Folders below a folder of fonts that are looked into.
const DEPTH: usize = 6;

/// The fonts that documents are set in.
pub struct Fonts {
    pub(crate) family: String,
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) faces: Vec<Font>,
    files: Vec<PathBuf>,
}

impl Fonts {
    /// Looks in `folder`, then where the system keeps fonts.
    pub(crate) fn find(folder: Option<&Path>) -> Result<Self, Error> {
        let own = folder.map(|it| files_below(it, DEPTH)).unwrap_or_default();
        let mut places = vec![
            PathBuf::from("/usr/share/fonts"),
            PathBuf::from("/usr/local/share/fonts"),
        ];
        if let Some(home) = std::env::home_dir() {
            places.push(home.join(".fonts"));
            places.push(home.join(".local/share/fonts"));
        }
        let mut found: Vec<Vec<PathBuf>> = families(own, true);
        let system = places.iter().flat_map(|it| files_below(it, DEPTH)).collect();
        found.extend(families(system, false));
        if let Some(fonts) = found.into_iter().find_map(Self::open) {
            return Ok(fonts);
        }
        let looked = folder.map(Path::to_path_buf).into_iter().chain(places);
        let looked: Vec<String> = looked.map(|it| it.display().to_string()).collect();
        Err(Error::NoFont(looked.join(", ")))
    }

    /// The faces of one family, if it has what is needed.
    fn open(files: Vec<PathBuf>) -> Option<Self> {
        let mut faces: Vec<(Font, PathBuf)> = Vec::new();
        for file in files {
            let Ok(bytes) = std::fs::read(&file) else { continue };
            // A collection has the same characters as Japan, Korea and China write them.
            let mut of_file: Vec<Font> = Font::iter(Bytes::new(bytes)).filter(has_needed).collect();
            let chinese = of_file.iter().position(|it| {
                let family = &it.info().family;
                family.ends_with(" SC") || family.ends_with(" CN")
            });
            if !of_file.is_empty() {
                faces.push((of_file.swap_remove(chinese.unwrap_or(0)), file));
            }
        }
        let family = faces.first()?.0.info().family.clone();
        faces.retain(|(face, _)| face.info().family == family);
        let (faces, files): (Vec<Font>, Vec<PathBuf>) = faces.into_iter().unzip();
        Some(Self {
            family,
            book: LazyHash::new(FontBook::from_fonts(&faces)),
            faces,
            files,
        })
    }

    /// Whether headings can be set in bold.
    pub fn has_bold(&self) -> bool {
        self.faces
            .iter()
            .any(|it| it.info().variant.weight >= FontWeight::SEMIBOLD)
    }
}

impl fmt::Display for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.family)?;
        for file in &self.files {
            write!(f, " · {}", file.display())?;
        }
        Ok(())
    }
}

fn has_needed(face: &Font) -> bool {
    NEEDED.chars().all(|c| face.info().coverage.contains(u32::from(c)))
}

/// Font files in a folder and the folders below it, in a fixed order.
fn files_below(folder: &Path, depth: usize) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|it| it.path()).collect();
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            if depth > 0 {
                found.extend(files_below(&path, depth - 1));
            }
        } else if path
            .extension()
            .and_then(|it| it.to_str())
            .is_some_and(|it| ["ttf", "otf", "ttc", "otc"].contains(&it.to_ascii_lowercase().as_str()))
        {
            found.push(path);
        }
    }
    found
}

fn plain_name(path: &Path) -> String {
    let stem = path.file_stem().and_then(|it| it.to_str()).unwrap_or_default();
    stem.to_lowercase().replace(['-', '_', ' '], "")
}

/// Files by family, the most wanted first, of each the regular and the bold one. `any` takes names nobody knows, too.
fn families(files: Vec<PathBuf>, any: bool) -> Vec<Vec<PathBuf>> {
    let known = |path: &PathBuf| WANTED.iter().position(|it| plain_name(path).starts_with(it));
    let mut all: Vec<Vec<PathBuf>> = vec![Vec::new(); WANTED.len()];
    for path in files {
        match known(&path) {
            Some(n) => all[n].push(path),
            None if any => all.push(vec![path]),
            None => {}
        }
    }
    all.retain(|it| !it.is_empty());
    all.into_iter().map(two_weights).collect()
}

fn two_weights(files: Vec<PathBuf>) -> Vec<PathBuf> {
    let weight = |ending: &str| files.iter().find(|it| plain_name(it).ends_with(ending));
    let mut two: Vec<PathBuf> = [weight("regular"), weight("bold")]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    if two.is_empty() {
        two = files.into_iter().take(2).collect();
    }
    two
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_files_the_two_faces_of_the_most_wanted_family_are_opened() {
        let files = [
            "/f/NotoSerifCJK-Bold.ttc",
            "/f/DejaVuSans.ttf",
            "/f/NotoSansCJK-Black.ttc",
            "/f/NotoSansCJK-Bold.ttc",
            "/f/NotoSansCJK-Regular.ttc",
        ];
        let names = |any| families(files.iter().map(PathBuf::from).collect(), any);
        let first = ["/f/NotoSansCJK-Regular.ttc", "/f/NotoSansCJK-Bold.ttc"].map(PathBuf::from);
        assert_eq!(names(false)[0], first);
        assert_eq!(names(false).len(), 2, "a font that nobody knows is left alone");
        assert_eq!(names(true).len(), 3, "but not in one's own folder");
    }

    #[test]
    fn a_folder_without_fonts_is_named() {
        assert!(files_below(Path::new("/nowhere"), 3).is_empty());
        assert!(Fonts::open(vec![PathBuf::from("/nowhere/simsun.ttc")]).is_none());
    }
}
