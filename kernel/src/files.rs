//! Uploaded photos: the type is told from the content, place and time are read from EXIF, then the picture is decoded,
//! turned upright and written anew, so that nothing hidden in the file survives. Kept on disk or in S3.
//!
//! What is uploaded belongs to nobody but its uploader until an app attaches it to a record of its own; the app then
//! decides who sees it. What nobody attaches is removed after a day.

use std::io::Cursor;
use std::sync::Arc;

use anyhow::Context;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as StorePath;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::auth::{User, UserId, not_found};
use crate::config::FileStore;
use crate::error::{Error, Fields, codes};
use crate::http::{Form, Guard, Json, Path, Query, Routes};
use crate::work::Work;
use crate::{Kernel, Result, Time, args, id};

id!(
    /// An uploaded file.
    FileId
);

/// The longest side of a photo that is kept: enough to read a number plate on a street, a tenth of what phones send.
const FULL_SIDE: u32 = 2048;
const THUMB_SIDE: u32 = 320;

/// Where files are kept.
pub struct Files {
    store: Arc<dyn ObjectStore>,
    max_bytes: usize,
}

/// What is known of a file.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, sqlx::FromRow)]
pub struct FileView {
    /// Its id.
    pub id: FileId,
    /// The name it came with.
    pub name: String,
    /// `image/jpeg`.
    pub mime: String,
    /// Its size as kept.
    pub bytes: i64,
    /// SHA-256 of what was uploaded.
    pub sha256: String,
    /// Pixels across.
    pub width: Option<i64>,
    /// Pixels down.
    pub height: Option<i64>,
    /// When it was taken, as the camera says.
    pub taken_at: Option<Time>,
    /// Where it was taken, in WGS 84 degrees.
    pub lng: Option<f64>,
    /// Where it was taken, in WGS 84 degrees.
    pub lat: Option<f64>,
}

/// A decoded upload.
struct Photo {
    full: Vec<u8>,
    thumb: Vec<u8>,
    width: u32,
    height: u32,
    taken_at: Option<Time>,
    point: Option<(f64, f64)>,
}

impl Files {
    pub(crate) fn open(config: &FileStore) -> anyhow::Result<Self> {
        let store: Arc<dyn ObjectStore> = if let Some(place) = config.store.strip_prefix("s3://") {
            // Its client takes TLS from whoever the program has chosen; a choice made before stands.
            drop(rustls::crypto::ring::default_provider().install_default());
            let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
            let mut builder = AmazonS3Builder::new().with_bucket_name(bucket);
            if let Some(endpoint) = &config.s3_endpoint {
                builder = builder
                    .with_endpoint(endpoint)
                    .with_allow_http(endpoint.starts_with("http://"));
            }
            builder = builder.with_region(config.s3_region.as_deref().unwrap_or("us-east-1"));
            if let (Some(key), Some(secret)) = (&config.s3_key_id, &config.s3_secret) {
                builder = builder.with_access_key_id(key).with_secret_access_key(secret);
            }
            Arc::new(PrefixStore::new(builder.build().context("files.store")?, prefix))
        } else {
            std::fs::create_dir_all(&config.store).with_context(|| format!("making {}", config.store))?;
            Arc::new(LocalFileSystem::new_with_prefix(&config.store).context("files.store")?)
        };
        Ok(Self {
            store,
            max_bytes: config.max_megabytes as usize * 1024 * 1024,
        })
    }

    /// Proves that files can be kept in a store and read back, and leaves nothing there.
    pub async fn probe(config: &FileStore) -> anyhow::Result<()> {
        let files = Self::open(config)?;
        let (place, content) = (StorePath::from("probe"), "kept and read back");
        files
            .store
            .put(&place, PutPayload::from_static(content.as_bytes()))
            .await?;
        let read = files.store.get(&place).await?.bytes().await?;
        files.store.delete(&place).await?;
        anyhow::ensure!(read == content.as_bytes(), "what was read back is not what was kept");
        Ok(())
    }

    fn path(id: FileId, size: &str) -> StorePath {
        // Two levels of folders from the random end of the id keep each folder small.
        let text = id.0.simple().to_string();
        StorePath::from(format!("{}/{}/{text}-{size}.jpg", &text[28..30], &text[30..32]))
    }

    /// Checks, cleans and keeps a photo.
    pub async fn keep(
        &self,
        kernel: &Kernel,
        owner: &User,
        id: FileId,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<FileView> {
        if bytes.len() > self.max_bytes {
            return Err(codes::TOO_LARGE.with("limit", format!("{} MB", self.max_bytes / 1024 / 1024)));
        }
        let sha256 = hex::encode(Sha256::digest(&bytes));
        let zone = kernel.config().zone();
        let photo = tokio::task::spawn_blocking(move || read_photo(&bytes, &zone))
            .await
            .map_err(Error::internal)??;
        let name: String = name.chars().filter(|c| !c.is_control()).take(120).collect();
        let view = FileView {
            id,
            name,
            mime: "image/jpeg".to_owned(),
            bytes: i64::try_from(photo.full.len()).unwrap_or(i64::MAX),
            sha256,
            width: Some(photo.width.into()),
            height: Some(photo.height.into()),
            taken_at: photo.taken_at,
            lng: photo.point.map(|it| it.0),
            lat: photo.point.map(|it| it.1),
        };
        self.store
            .put(&Self::path(id, "full"), PutPayload::from(photo.full))
            .await
            .map_err(Error::internal)?;
        self.store
            .put(&Self::path(id, "thumb"), PutPayload::from(photo.thumb))
            .await
            .map_err(Error::internal)?;
        let mut work = kernel.work(owner).await?;
        let sql = "INSERT INTO kernel_file (id, name, mime, bytes, sha256, width, height, taken_at, lng, lat, owner, created_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        let now = work.now();
        let values = args![
            id,
            &view.name,
            &view.mime,
            view.bytes,
            &view.sha256,
            view.width,
            view.height,
            view.taken_at,
            view.lng,
            view.lat,
            owner.id,
            now
        ];
        work.run(sql, values).await?;
        work.audit(
            "kernel.file_kept",
            id,
            serde_json::json!({ "sha256": view.sha256, "name": view.name }),
        )
        .await?;
        work.commit().await?;
        Ok(view)
    }

    /// The bytes of a file in one of its sizes. Whether the asker may see them is for the caller to know.
    pub async fn bytes(&self, id: FileId, size: Size) -> Result<Vec<u8>> {
        let found = self.store.get(&Self::path(id, size.as_str())).await;
        match found {
            Ok(found) => Ok(found.bytes().await.map_err(Error::internal)?.to_vec()),
            Err(object_store::Error::NotFound { .. }) => Err(not_found()),
            Err(error) => Err(Error::internal(error)),
        }
    }

    /// Removes what nobody attached before `before`; says how many.
    pub(crate) async fn sweep(&self, kernel: &Kernel, before: Time) -> Result<usize> {
        let sql = "SELECT id FROM kernel_file WHERE subject IS NULL AND created_at < $1 LIMIT 500";
        let loose: Vec<(FileId,)> = kernel.read().await?.all(sql, args![before]).await?;
        for (id,) in &loose {
            for size in [Size::Full, Size::Thumb] {
                match self.store.delete(&Self::path(*id, size.as_str())).await {
                    Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                    Err(error) => return Err(Error::internal(error)),
                }
            }
            let mut tx = kernel.db().begin().await?;
            tx.run("DELETE FROM kernel_file WHERE id = $1 AND subject IS NULL", args![*id])
                .await?;
            tx.commit().await?;
        }
        Ok(loose.len())
    }
}

/// Attaches uploads to a record: they must be the user's own and not attached to another. `subject` is `<app>:<id>`.
pub async fn attach(work: &mut Work, files: &[FileId], subject: &str) -> Result<Vec<FileView>> {
    let owner = work.user().map(|it| it.id.to_string()).unwrap_or_default();
    let mut attached = Vec::with_capacity(files.len());
    for id in files {
        let sql = "UPDATE kernel_file SET subject = $2 WHERE id = $1 AND owner = $3 AND (subject IS NULL OR subject = $2) \
                   RETURNING id, name, mime, bytes, sha256, width, height, taken_at, lng, lat";
        match work.one(sql, args![*id, subject, &owner]).await? {
            Some(view) => attached.push(view),
            None => {
                let mut fields = crate::error::Fields::new();
                fields.refuse_with("photos", &codes::UNKNOWN, &[("value", &id.to_string())]);
                fields.done()?;
            }
        }
    }
    Ok(attached)
}

/// A photo's bytes as a reply that browsers may keep: under its id a photo never changes.
pub async fn reply(kernel: &Kernel, id: FileId, size: Size) -> Result<Response> {
    let bytes = kernel.files().bytes(id, size).await?;
    let headers = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
    ];
    Ok((headers, bytes).into_response())
}

fn read_photo(bytes: &[u8], zone: &jiff::tz::TimeZone) -> Result<Photo> {
    let allowed = || codes::FILE_TYPE.with("allowed", "JPEG, PNG, WebP");
    let format = image::guess_format(bytes).map_err(|_| allowed())?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(allowed());
    }
    let (taken_at, point) = read_exif(bytes, zone);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    // A small file can claim to be a huge picture.
    let mut limits = Limits::default();
    limits.max_image_width = Some(16_384);
    limits.max_image_height = Some(16_384);
    limits.max_alloc = Some(512 * 1024 * 1024);
    reader.limits(limits);
    let bad = |_| Error::from(&codes::BAD_IMAGE);
    let mut decoder = reader.into_decoder().map_err(bad)?;
    let orientation = decoder.orientation().map_err(bad)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(bad)?;
    picture.apply_orientation(orientation);
    if picture.width().max(picture.height()) > FULL_SIDE {
        picture = picture.resize(FULL_SIDE, FULL_SIDE, image::imageops::FilterType::Triangle);
    }
    let picture = picture.into_rgb8();
    let thumb = image::imageops::thumbnail(
        &picture,
        thumb_side(picture.width(), picture.height()).0,
        thumb_side(picture.width(), picture.height()).1,
    );
    let encode = |picture: &image::RgbImage, quality| {
        let mut out = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, quality)
            .encode_image(picture)
            .map_err(Error::internal)?;
        Ok::<_, Error>(out)
    };
    Ok(Photo {
        full: encode(&picture, 85)?,
        thumb: encode(&thumb, 78)?,
        width: picture.width(),
        height: picture.height(),
        taken_at,
        point,
    })
}

fn thumb_side(width: u32, height: u32) -> (u32, u32) {
    let longest = width.max(height).max(1);
    if longest <= THUMB_SIDE {
        return (width, height);
    }
    (
        (width * THUMB_SIDE / longest).max(1),
        (height * THUMB_SIDE / longest).max(1),
    )
}

fn read_exif(bytes: &[u8], zone: &jiff::tz::TimeZone) -> (Option<Time>, Option<(f64, f64)>) {
    let Ok(exif) = exif::Reader::new().read_from_container(&mut Cursor::new(bytes)) else {
        return (None, None);
    };
    let text = |tag| {
        exif.get_field(tag, exif::In::PRIMARY)
            .map(|it| it.display_value().to_string())
    };
    // Cameras write local time without a zone: the district's is meant.
    let taken = text(exif::Tag::DateTimeOriginal).or_else(|| text(exif::Tag::DateTime));
    let taken = taken.and_then(|it| {
        it.parse::<jiff::civil::DateTime>()
            .ok()?
            .to_zoned_datetime(zone.clone())
            .ok()
    });
    let degrees = |tag, reference, negative: &str| {
        let field = exif.get_field(tag, exif::In::PRIMARY)?;
        let exif::Value::Rational(parts) = &field.value else {
            return None;
        };
        let [d, m, s] = parts.as_slice() else { return None };
        let value = d.to_f64() + m.to_f64() / 60.0 + s.to_f64() / 3600.0;
        let sign = if text(reference).is_some_and(|it| it.starts_with(negative)) {
            -1.0
        } else {
            1.0
        };
        Some(value * sign).filter(|it| it.is_finite())
    };
    let lng = degrees(exif::Tag::GPSLongitude, exif::Tag::GPSLongitudeRef, "W").filter(|it| it.abs() <= 180.0);
    let lat = degrees(exif::Tag::GPSLatitude, exif::Tag::GPSLatitudeRef, "S").filter(|it| it.abs() <= 90.0);
    (
        taken.map(|it| it.timestamp().into()),
        lng.zip(lat).filter(|it| *it != (0.0, 0.0)),
    )
}

pub(crate) fn routes() -> Routes {
    let mut upload = routes!(file_upload);
    // Photos are larger than other requests; the exact limit is the configuration's.
    upload.2 = upload.2.layer(DefaultBodyLimit::max(128 * 1024 * 1024));
    Routes::new()
        .add(upload.signed_in())
        .add(routes!(file_view).signed_in())
}

/// The parts of an upload.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "describes the multipart body in OpenAPI; the handler reads the parts themselves"
)]
pub struct Upload {
    /// An id made by the client, before the file.
    id: Option<FileId>,
    /// JPEG, PNG or WebP.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    file: Vec<u8>,
}

/// Upload a photo. The same id and content again gives the first answer.
#[utoipa::path(post, path = "/api/files", tag = "kernel", request_body(content = Upload, content_type = "multipart/form-data"), responses((status = 200, body = FileView)))]
async fn file_upload(State(kernel): State<Kernel>, user: User, Form(form): Form) -> Result<Json<FileView>> {
    receive(&kernel, &user, form).await.map(Json)
}

/// Reads an upload's form and keeps its photo for this user; whatever way the user has come.
pub async fn receive(kernel: &Kernel, user: &User, mut form: Multipart) -> Result<FileView> {
    let malformed = |error: axum::extract::multipart::MultipartError| {
        if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
            codes::TOO_LARGE.with("limit", "128 MB")
        } else {
            codes::MALFORMED.with("why", error.body_text())
        }
    };
    let mut id = None;
    while let Some(mut field) = form.next_field().await.map_err(malformed)? {
        match field.name() {
            Some("id") => {
                let text = field.text().await.map_err(malformed)?;
                id = Some(text.parse::<FileId>().map_err(|_| {
                    let mut fields = Fields::new();
                    fields.refuse_with("id", &codes::FORMAT, &[("why", "UUID")]);
                    fields.into_error()
                })?);
            }
            Some("file") => {
                let name = field.file_name().unwrap_or("photo").to_owned();
                let mut bytes = Vec::new();
                while let Some(chunk) = field.chunk().await.map_err(malformed)? {
                    bytes.extend_from_slice(&chunk);
                    if bytes.len() > kernel.files().max_bytes {
                        let limit = format!("{} MB", kernel.files().max_bytes / 1024 / 1024);
                        return Err(codes::TOO_LARGE.with("limit", limit));
                    }
                }
                let id = id.unwrap_or_else(|| kernel.id());
                if let Some((known, owner, _)) = find(kernel, id).await? {
                    let same = known.sha256 == hex::encode(Sha256::digest(&bytes)) && owner == user.id;
                    return if same {
                        Ok(known)
                    } else {
                        Err(Error::from(&codes::ID_TAKEN))
                    };
                }
                return kernel.files().keep(kernel, user, id, &name, bytes).await;
            }
            _ => {}
        }
    }
    Err(Error::field("file", &codes::REQUIRED))
}

async fn find(kernel: &Kernel, id: FileId) -> Result<Option<(FileView, UserId, Option<String>)>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        view: FileView,
        owner: UserId,
        subject: Option<String>,
    }
    let sql = "SELECT id, name, mime, bytes, sha256, width, height, taken_at, lng, lat, owner, subject FROM kernel_file WHERE id = $1";
    let row: Option<Row> = kernel.read().await?.one(sql, args![id]).await?;
    Ok(row.map(|it| (it.view, it.owner, it.subject)))
}

/// The sizes that are kept of a photo.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// At most 2,048 pixels a side.
    #[default]
    Full,
    /// At most 320 pixels a side.
    Thumb,
}

impl Size {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Thumb => "thumb",
        }
    }
}

/// Which size of a photo.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SizeQuery {
    /// `full` if not said.
    #[serde(default)]
    #[param(inline)]
    pub size: Size,
}

/// See a photo that one has uploaded oneself; photos of a record are seen through the record.
#[utoipa::path(get, path = "/api/files/{id}", tag = "kernel", params(("id" = FileId, Path), SizeQuery), responses((status = 200, content_type = "image/jpeg", body = Vec<u8>)))]
async fn file_view(
    State(kernel): State<Kernel>,
    user: User,
    Path(id): Path<FileId>,
    Query(query): Query<SizeQuery>,
) -> Result<Response> {
    match find(&kernel, id).await? {
        Some((_, owner, _)) if owner == user.id => reply(&kernel, id, query.size).await,
        _ => Err(not_found()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photo_is_told_by_its_content_and_written_anew() {
        let mut png = Vec::new();
        let picture = image::RgbImage::from_pixel(3000, 1500, image::Rgb([200, 30, 30]));
        DynamicImage::from(picture)
            .write_to(&mut Cursor::new(&mut png), ImageFormat::Png)
            .expect("encodes");
        let photo = read_photo(&png, &jiff::tz::TimeZone::UTC).expect("reads");
        assert_eq!((photo.width, photo.height), (2048, 1024));
        assert_eq!(image::guess_format(&photo.full).expect("known"), ImageFormat::Jpeg);
        let thumb = image::load_from_memory(&photo.thumb).expect("reads");
        assert_eq!((thumb.width(), thumb.height()), (320, 160));

        let error = read_photo(b"<svg onload=alert(1)>", &jiff::tz::TimeZone::UTC)
            .err()
            .expect("refused");
        assert_eq!(error.code().code, "kernel.file_type");
        let error = read_photo(&png[..200], &jiff::tz::TimeZone::UTC)
            .err()
            .expect("refused");
        assert_eq!(error.code().code, "kernel.bad_image");
    }
}
