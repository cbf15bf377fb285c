//! `POST /local-authority/{ods}/records`: loads a file.
//!
//! The file is put on the disk before it is looked at, and the answers of its rows before they are
//! sent: neither stands in memory. When the connection breaks off before the whole file has come,
//! nothing is loaded.

use super::super::query::Query;
use super::super::refusal::Refusal;
use super::admit;
use crate::app::App;
use crate::local_authority::{
    AnsweredRows, FileAnswer, FileResult, ResultCode, RowAnswer, load, submitter,
};
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

/// Bytes of a file at most: some millions of rows.
const FILE_LIMIT: u64 = 512 * 1024 * 1024;
/// Bytes of the answer that are read at a time.
const PIECE: usize = 64 * 1024;

/// Loads a file, and answers every row.
pub(super) async fn submit(
    State(app): State<Arc<App>>,
    Path(ods): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let authority = admit(&app, &parts.headers, &ods).await?;
    let query = Query::read(parts.uri.query());
    let sequence = query
        .one("sequence")?
        .map(|text| {
            text.parse::<u64>().ok().filter(|n| *n > 0).ok_or_else(|| {
                Refusal::invalid_search("sequence is the running number of the file: 1, 2, 3")
            })
        })
        .transpose()?;
    let mut file = spool(body, tempfile::tempfile).await?;
    let (store, clock) = (Arc::clone(&app.store), Arc::clone(&app.clock));
    let code = authority.clone();
    let loaded = spawn_blocking(move || {
        let mut answers = AnswersFile(BufWriter::new(tempfile::tempfile()?));
        let answer = load(
            store.as_ref(),
            clock.as_ref(),
            &submitter(&code),
            &mut file,
            sequence,
            &mut answers,
        );
        let mut rows = answers
            .0
            .into_inner()
            .map_err(std::io::IntoInnerError::into_error)?;
        rows.seek(SeekFrom::Start(0))?;
        Ok::<_, std::io::Error>((answer, rows))
    })
    .await;
    let (answer, rows) = match loaded {
        Ok(Ok((Ok(answer), rows))) => (answer, rows),
        Ok(Ok((Err(error), _))) => {
            tracing::error!(%error, "a file was not loaded");
            return Err(Refusal::broken_off());
        }
        Ok(Err(error)) => return Err(disk(&error)),
        Err(_) => return Err(Refusal::broken_off()),
    };
    let head = head(authority.as_str(), &answer);
    Ok((
        status(&answer),
        [(header::CONTENT_TYPE, "application/json")],
        Body::from_stream(body_of(head, rows)),
    )
        .into_response())
}

/// Puts a file on the disk.
async fn spool<W: Write + Send + 'static>(
    body: Body,
    make: impl FnOnce() -> std::io::Result<W> + Send + 'static,
) -> Result<W, Refusal> {
    let (pieces, mut waiting) = mpsc::channel::<Bytes>(8);
    let writing = spawn_blocking(move || {
        let mut file = make()?;
        while let Some(piece) = waiting.blocking_recv() {
            file.write_all(&piece)?;
        }
        Ok::<_, std::io::Error>(file)
    });
    let mut incoming = body.into_data_stream();
    let mut bytes: u64 = 0;
    while let Some(piece) = incoming.next().await {
        let piece = piece
            .map_err(|_| Refusal::malformed("The file broke off on its way; nothing was loaded"))?;
        bytes += piece.len() as u64;
        if bytes > FILE_LIMIT {
            return Err(Refusal::too_large(
                "A file holds at most 512 MiB: send it in parts; nothing was loaded",
            ));
        }
        if pieces.send(piece).await.is_err() {
            // The disk refused; the task says why.
            break;
        }
    }
    drop(pieces);
    match writing.await {
        Ok(Ok(file)) => Ok(file),
        Ok(Err(error)) => Err(disk(&error)),
        Err(_) => Err(Refusal::broken_off()),
    }
}

fn disk(error: &std::io::Error) -> Refusal {
    tracing::error!(%error, "the disk refused");
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Refusal::disk_full(),
        _ => Refusal::broken_off(),
    }
}

fn status(answer: &FileAnswer) -> StatusCode {
    match (answer.result, answer.sequence, answer.repeated) {
        (FileResult::Corrupt, ..) => StatusCode::BAD_REQUEST,
        (FileResult::BrokenOff, ..) => StatusCode::SERVICE_UNAVAILABLE,
        // Refused as a whole, for its number.
        (FileResult::NoneLoaded, None, _) => StatusCode::CONFLICT,
        (FileResult::NoneLoaded, _, true) if answer.counts.rows() == 0 => StatusCode::CONFLICT,
        _ => StatusCode::OK,
    }
}

/// Everything but the rows, without the brace at the end.
fn head(authority: &str, answer: &FileAnswer) -> String {
    let counts: Map<String, Value> = ResultCode::ALL
        .iter()
        .map(|code| (code.code().to_owned(), answer.counts.of(*code).into()))
        .collect();
    let mut text = json!({
        "authority": authority,
        "sequence": answer.sequence,
        "repeated": answer.repeated,
        "result": { "code": answer.result.code(), "meaning": answer.words() },
        "rowCount": answer.counts.rows(),
        "counts": counts,
        "changes": {
            "new": answer.counts.new,
            "updated": answer.counts.updated,
            "unchanged": answer.counts.unchanged,
        },
        "ignoredColumns": answer.ignored_columns,
    })
    .to_string();
    text.pop();
    text.push_str(",\"rows\":[");
    text
}

/// The whole answer, read from the disk as it is sent.
fn body_of(head: String, rows: File) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> {
    let rows = stream::try_unfold(rows, |mut rows| async move {
        let read = spawn_blocking(move || {
            let mut piece = vec![0; PIECE];
            let count = rows.read(&mut piece)?;
            piece.truncate(count);
            Ok::<_, std::io::Error>((piece, rows))
        });
        let (piece, rows) = read.await.map_err(std::io::Error::other)??;
        Ok((!piece.is_empty()).then(|| (Bytes::from(piece), rows)))
    });
    let around = |text: String| stream::once(async move { Ok(Bytes::from(text)) });
    around(head).chain(rows).chain(around("]}".to_owned()))
}

/// The answers of rows, each a JSON object, with commas between.
struct AnswersFile(BufWriter<File>);

impl AnsweredRows for AnswersFile {
    fn take(&mut self, row: u64, line: u64, answer: &RowAnswer) -> std::io::Result<()> {
        let value = json!({
            "row": row,
            "line": line,
            "code": answer.code.code(),
            "meaning": answer.words(),
            "change": answer.change,
        });
        if row > 1 {
            self.0.write_all(b",")?;
        }
        write!(self.0, "{value}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk with room for some bytes.
    struct Small(usize);

    impl Write for Small {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            match self.0.min(bytes.len()) {
                0 => Err(ErrorKind::StorageFull.into()),
                room => {
                    self.0 -= room;
                    Ok(room)
                }
            }
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_file_for_which_the_disk_has_no_room_is_refused_in_words() {
        for (room, status) in [
            (100_000, None),
            (99_999, Some(StatusCode::INSUFFICIENT_STORAGE)),
            (0, Some(StatusCode::INSUFFICIENT_STORAGE)),
        ] {
            let pieces = (0..100).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 1000])));
            let body = Body::from_stream(stream::iter(pieces));
            let spooled = spool(body, move || Ok(Small(room))).await;
            assert_eq!(
                spooled.err().map(|refusal| refusal.status()),
                status,
                "{room}"
            );
        }
    }
}
