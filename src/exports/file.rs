//! A finished file on its way.

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

/// A file to be saved, under this name. `filename*` is for names with letters beyond ASCII (RFC 5987); the plain name is for what does not
/// know it.
pub fn attachment(name: &str) -> ContentDisposition {
    let plain: String = crate::fold::fold(name);
    let extended = ExtendedValue { charset: Charset::Ext("UTF-8".into()), language_tag: None, value: name.as_bytes().to_vec() };
    let parameters = vec![DispositionParam::Filename(plain), DispositionParam::FilenameExt(extended)];
    ContentDisposition { disposition: DispositionType::Attachment, parameters }
}

/// A file from its beginning to its end, which are both known: whoever gets less knows that it is not whole.
pub(super) fn stream_of(file: File) -> AppResult<SizedStream<impl Stream<Item = io::Result<Bytes>>>> {
    let length = file.metadata().map_err(|e| AppError::Fault(format!("a file's length: {e}")))?.len();
    let chunks = stream::try_unfold(tokio::fs::File::from_std(file), async |mut file| {
        let mut chunk = Vec::with_capacity(CHUNK);
        let read = (&mut file).take(CHUNK as u64).read_to_end(&mut chunk).await?;
        Ok((read > 0).then(|| (Bytes::from(chunk), file)))
    });
    Ok(SizedStream::new(length, Box::pin(chunks)))
}
