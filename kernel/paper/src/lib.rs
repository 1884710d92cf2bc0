#![doc = include_str!("../README.md")]

mod fonts;
mod sheet;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

pub use fonts::Fonts;

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No font with Chinese characters was found.
    #[error("no font with Chinese characters was found in {0}")]
    NoFont(String),
    /// The template and its data do not go together: a bug.
    #[error("the template cannot be set: {0}")]
    Template(String),
}

/// What is printed.
pub struct Job<'a> {
    /// The template, in typst's language.
    pub template: &'a str,
    /// What `json("/data.json")` reads in it.
    pub data: &'a str,
    /// Pictures, each under the name by which the template asks for it, such as `/photo-1.jpg`.
    pub pictures: Vec<(String, Vec<u8>)>,
}

/// A finished document.
pub struct Paper {
    /// As PDF.
    pub pdf: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// What is written on it, piece by piece in the order of the layout.
    pub text: String,
}

/// Sets documents. The fonts are read when the first one is asked for, and kept.
pub struct Press {
    folder: Option<PathBuf>,
    fonts: Mutex<Option<Arc<Fonts>>>,
}

impl Press {
    /// A press that looks for fonts in `folder` first, then where the system keeps them.
    pub fn new(folder: Option<&Path>) -> Self {
        Self {
            folder: folder.map(Path::to_path_buf),
            fonts: Mutex::new(None),
        }
    }

    /// The fonts. What was not found is looked for again at the next call, so that a font can be installed meanwhile.
    ///
    /// # Errors
    /// When there is none with Chinese characters.
    pub fn fonts(&self) -> Result<Arc<Fonts>, Error> {
        let mut kept = self.fonts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fonts) = &*kept {
            return Ok(fonts.clone());
        }
        let fonts = Arc::new(Fonts::find(self.folder.as_deref())?);
        *kept = Some(fonts.clone());
        Ok(fonts)
    }

    /// Sets a document. Takes from a tenth of a second to some seconds of one processor.
    ///
    /// # Errors
    /// When there is no font, or the template and its data do not go together.
    pub fn print(&self, job: Job<'_>) -> Result<Paper, Error> {
        sheet::print(&self.fonts()?, job)
    }
}

#[cfg(test)]
mod tests;
