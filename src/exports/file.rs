//! Sends a finished file.

use std::{fs::File, io};

use actix_web::{
    body::SizedStream,
    http::header::{Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue},
    web::Bytes,
};
use futures_util::{Stream, stream};
use tokio::io::AsyncReadExt as _;

use crate::error::{AppError, AppResult};

/// Bytes read at once.
const CHUNK: usize = 64 * 1024;

/// A file to save under this name. `filename*` carries letters beyond ASCII (RFC 5987); the plain name is for clients that do not know it.
pub fn attachment(name: &str) -> ContentDisposition {
    let plain: String = crate::fold::fold(name);
    let extended = ExtendedValue { charset: Charset::Ext("UTF-8".into()), language_tag: None, value: name.as_bytes().to_vec() };
    let parameters = vec![DispositionParam::Filename(plain), DispositionParam::FilenameExt(extended)];
    ContentDisposition { disposition: DispositionType::Attachment, parameters }
}

/// The whole file with its length, so that a client that receives less knows that the file is incomplete.
pub(super) fn stream_of(file: File) -> AppResult<SizedStream<impl Stream<Item = io::Result<Bytes>>>> {
    let length = file.metadata().map_err(|e| AppError::Fault(format!("a file's length: {e}")))?.len();
    let chunks = stream::try_unfold(tokio::fs::File::from_std(file), async |mut file| {
        let mut chunk = Vec::with_capacity(CHUNK);
        let read = (&mut file).take(CHUNK as u64).read_to_end(&mut chunk).await?;
        Ok((read > 0).then(|| (Bytes::from(chunk), file)))
    });
    Ok(SizedStream::new(length, Box::pin(chunks)))
}
