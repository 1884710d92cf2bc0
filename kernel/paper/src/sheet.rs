//! One document in the making: the world as typst sees it, which has no disk, no network and no clock.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::layout::{Frame, FrameItem};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::{Error, Fonts, Job, Paper};

/// What every template can import: the look of the page, facts and tables, charts.
const BASE: &str = include_str!("../templates/base.typ");
const CHARTS: &str = include_str!("../templates/charts.typ");

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

pub(crate) fn print(fonts: &Arc<Fonts>, job: Job<'_>) -> Result<Paper, Error> {
    let mut sheet = Sheet {
        fonts: fonts.clone(),
        main: id("/main.typ")?,
        sources: HashMap::new(),
        files: HashMap::new(),
    };
    let font = format!("#let font = {:?}", fonts.family);
    for (path, text) in [
        ("/main.typ", job.template),
        ("/base.typ", BASE),
        ("/charts.typ", CHARTS),
        ("/font.typ", &font),
    ] {
        let id = id(path)?;
        sheet.sources.insert(id, Source::new(id, text.to_owned()));
    }
    sheet
        .files
        .insert(id("/data.json")?, Bytes::from_string(job.data.to_owned()));
    for (path, bytes) in job.pictures {
        sheet.files.insert(id(&path)?, Bytes::new(bytes));
    }
    let made = set(&sheet);
    // What typst remembers for the next run of the same document would only pile up here.
    typst::comemo::evict(0);
    made
}

fn set(sheet: &Sheet) -> Result<Paper, Error> {
    let document = typst::compile(sheet).output.map_err(|it| told(&it))?;
    let pdf = typst_pdf::pdf(&document, &typst_pdf::PdfOptions::default()).map_err(|it| told(&it))?;
    let mut text = String::new();
    for page in document.pages() {
        write_text(&page.frame, &mut text);
    }
    Ok(Paper {
        pdf,
        pages: document.pages().len(),
        text,
    })
}

fn id(path: &str) -> Result<FileId, Error> {
    let path = VirtualPath::new(path).map_err(|_| Error::Template(format!("no path: {path}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn told(problems: &[SourceDiagnostic]) -> Error {
    let all: Vec<&str> = problems.iter().map(|it| it.message.as_str()).collect();
    Error::Template(all.join("; "))
}

fn write_text(frame: &Frame, text: &mut String) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => write_text(&group.frame, text),
            FrameItem::Text(piece) => {
                text.push_str(&piece.text);
                text.push('\n');
            }
            _ => {}
        }
    }
}

struct Sheet {
    fonts: Arc<Fonts>,
    main: FileId,
    sources: HashMap<FileId, Source>,
    files: HashMap<FileId, Bytes>,
}

fn absent(id: FileId) -> FileError {
    FileError::NotFound(PathBuf::from(id.vpath().get_with_slash()))
}

impl World for Sheet {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.get(&id).cloned().ok_or_else(|| absent(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or_else(|| absent(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.faces.get(index).cloned()
    }

    /// The date of a document is among its data.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
