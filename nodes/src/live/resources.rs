//! What a program consists of, brought into its directory: files of this machine are copied,
//! `http:` resources downloaded, within limits, and from where their server says they are.
//! Spark: `Utils.fetchFile`.

#[cfg(test)]
mod tests;

use super::LiveError;
use super::limits::size_bytes;
use super::properties::Properties;
use deploysim_protocol::conf::parse_duration;
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{HOST, LOCATION};
use hyper::{Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// The key of the longest resource that is downloaded.
const SIZE_KEY: &str = "deploysim.fetch.sizeMax";
/// The key of how long a download may take.
const TIMEOUT_KEY: &str = "deploysim.fetch.timeout";
/// How often a resource may be said to be elsewhere. Java: `http.maxRedirects`.
const REDIRECTIONS_MAX: usize = 20;
/// What the name of a file ends with that has not come as a whole.
const PART: &str = ".part";

/// How resources are fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fetching {
    /// The longest that is downloaded, in bytes.
    bytes_max: u64,
    /// How long a download may take.
    timeout: Duration,
}

impl Default for Fetching {
    /// 1 GiB in five minutes: more than any program, and an end.
    fn default() -> Self {
        Self {
            bytes_max: 1 << 30,
            timeout: Duration::from_mins(5),
        }
    }
}

impl Fetching {
    /// As a worker's properties say.
    ///
    /// # Errors
    /// All values that are wrong, each with its line.
    pub(super) fn of(properties: &Properties) -> Result<Self, LiveError> {
        let mut fetching = Self::default();
        let mut wrong = Vec::new();
        for (place, key, value) in properties.below("deploysim.fetch.") {
            let allowed = match key {
                SIZE_KEY => match size_bytes(value) {
                    Some(bytes) => {
                        fetching.bytes_max = bytes;
                        continue;
                    }
                    None => "a number of bytes or with a unit (k, m, g, t), for example 512m",
                },
                TIMEOUT_KEY => match parse_duration(value) {
                    Some(timeout) => {
                        fetching.timeout = timeout;
                        continue;
                    }
                    None => "a time with a unit, for example 2min",
                },
                _ => {
                    wrong.push(format!(
                        "error: {place}: `{key}` is not known: allowed is {SIZE_KEY}, {TIMEOUT_KEY}"
                    ));
                    continue;
                }
            };
            wrong.push(format!(
                "error: {place}: `{key}` cannot be `{value}`: allowed is {allowed}"
            ));
        }
        if wrong.is_empty() {
            Ok(fetching)
        } else {
            Err(LiveError::BadInput(wrong.join("\n")))
        }
    }

    /// Brings a resource into a directory, unless it is there, and says where it is.
    /// Spark: `DriverRunner.downloadUserJar`. **Differs:** only files of this machine and `http:`.
    ///
    /// # Errors
    /// Why it is not there, in words.
    pub(super) async fn fetch(&self, url: &str, directory: &Path) -> Result<PathBuf, String> {
        if url.starts_with("http:") {
            let uri: Uri = url.parse().map_err(|error| format!("{url}: {error}"))?;
            let own = directory.join(file_name(url, Path::new(uri.path()))?);
            if own.exists() {
                return Ok(own);
            }
            let part = part_of(&own);
            let downloaded = timeout(self.timeout, self.download(uri, &part)).await;
            let outcome = match downloaded {
                Ok(Ok(())) => fs::rename(&part, &own).map_err(|error| error.to_string()),
                Ok(Err(reason)) => Err(reason),
                Err(_) => Err(format!(
                    "it has not come in {} s ({TIMEOUT_KEY})",
                    self.timeout.as_secs_f64()
                )),
            };
            return outcome.map(|()| own).map_err(|reason| {
                // What has come of it is of no use.
                let _ = fs::remove_file(&part);
                format!("{url} cannot be fetched: {reason}")
            });
        }
        let path = local(url)?;
        let own = directory.join(file_name(url, &path)?);
        if own.exists() {
            return Ok(own);
        }
        let part = part_of(&own);
        // Copying a long file takes long, and the worker has a heartbeat.
        let copying = spawn_blocking(move || {
            fs::copy(&path, &part).map_err(|error| format!("{}: {error}", path.display()))?;
            fs::rename(&part, &own).map_err(|error| format!("{}: {error}", own.display()))?;
            Ok(own)
        });
        let copied = copying.await;
        copied.unwrap_or_else(|error| Err(format!("{url} cannot be fetched: {error}")))
    }

    /// Downloads what is at an address, or where that leads. The file keeps the first name.
    async fn download(&self, uri: Uri, part: &Path) -> Result<(), String> {
        let mut uri = uri;
        for _ in 0..=REDIRECTIONS_MAX {
            match self.ask(&uri, part).await? {
                Some(elsewhere) => uri = elsewhere,
                None => return Ok(()),
            }
        }
        Err(format!(
            "it is elsewhere more than {REDIRECTIONS_MAX} times"
        ))
    }

    /// Downloads what is at an address, unless it is elsewhere: then returns where.
    async fn ask(&self, uri: &Uri, part: &Path) -> Result<Option<Uri>, String> {
        let host = uri.host().ok_or("it names no host")?;
        // An address of the sixth version is in brackets.
        let name = host.trim_start_matches('[').trim_end_matches(']');
        let port = uri.port_u16().unwrap_or(80);
        let stream = TcpStream::connect((name, port)).await.map_err(in_words)?;
        let handshake = http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = handshake.map_err(in_words)?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let request = hyper::Request::get(path)
            .header(HOST, format!("{host}:{port}"))
            .body(Empty::<Bytes>::new());
        let request = request.map_err(in_words)?;
        let fetched = async {
            let response = sender.send_request(request).await.map_err(in_words)?;
            match elsewhere(uri, &response)? {
                Some(elsewhere) => Ok(Some(elsewhere)),
                None => self.keep(response, part).await.map(|()| None),
            }
        };
        let mut connection = std::pin::pin!(connection);
        let mut fetched = std::pin::pin!(fetched);
        tokio::select! {
            biased;
            outcome = &mut fetched => outcome,
            ended = &mut connection => {
                ended.map_err(in_words)?;
                // What had come before the end is still there to be read.
                fetched.await
            }
        }
    }

    /// Writes a response's body to a file, as it comes.
    async fn keep(&self, mut response: Response<Incoming>, part: &Path) -> Result<(), String> {
        let status = response.status();
        if status != StatusCode::OK {
            return Err(format!("it is answered with status {status}"));
        }
        let mut file = File::create(part).map_err(in_words)?;
        let mut count_bytes = 0;
        while let Some(frame) = response.frame().await {
            let Ok(piece) = frame.map_err(in_words)?.into_data() else {
                continue;
            };
            count_bytes += piece.len() as u64;
            if count_bytes > self.bytes_max {
                return Err(format!(
                    "it is longer than {} bytes ({SIZE_KEY})",
                    self.bytes_max
                ));
            }
            file.write_all(&piece).map_err(in_words)?;
        }
        Ok(())
    }
}

/// Where a response says that a resource is instead. Java: `HttpURLConnection.followRedirect`,
/// which does not leave the protocol either.
fn elsewhere(asked: &Uri, response: &Response<Incoming>) -> Result<Option<Uri>, String> {
    let leads = matches!(
        response.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    if !leads {
        return Ok(None);
    }
    let location = response.headers().get(LOCATION);
    let location = location.and_then(|location| location.to_str().ok());
    let location = location.ok_or("it is elsewhere, and nothing says where")?;
    resolved(asked, location).map(Some)
}

/// The address that a location means where `asked` was asked for. RFC 3986, section 5.2, without
/// dots in paths, which the server resolves.
fn resolved(asked: &Uri, location: &str) -> Result<Uri, String> {
    let (location, _fragment) = location.split_once('#').unwrap_or((location, ""));
    let scheme = location.split_once(':').map(|(scheme, _)| scheme);
    let scheme = scheme.filter(|scheme| {
        !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    if scheme.is_some_and(|scheme| !scheme.eq_ignore_ascii_case("http")) {
        return Err(format!("it is at {location}: allowed is http:"));
    }
    let authority = asked.authority().map_or("", |authority| authority.as_str());
    let whole = if scheme.is_some() {
        location.to_owned()
    } else if location.starts_with("//") {
        format!("http:{location}")
    } else if location.starts_with('/') {
        format!("http://{authority}{location}")
    } else if location.starts_with('?') {
        format!("http://{authority}{}{location}", asked.path())
    } else {
        let folder = asked
            .path()
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder);
        format!("http://{authority}{folder}/{location}")
    };
    whole.parse().map_err(|error| format!("{whole}: {error}"))
}

fn in_words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// The file of this machine that a URL without `http:` means.
fn local(url: &str) -> Result<PathBuf, String> {
    let path = url.strip_prefix("file:").unwrap_or(url);
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.starts_with('/') {
        Ok(PathBuf::from(path))
    } else {
        Err(format!(
            "{url} cannot be fetched: allowed is http:, or file: and an absolute path"
        ))
    }
}

fn file_name(url: &str, path: &Path) -> Result<PathBuf, String> {
    let name = path.file_name().map(PathBuf::from);
    name.ok_or_else(|| format!("{url} names no file"))
}

fn part_of(own: &Path) -> PathBuf {
    let mut part = own.as_os_str().to_owned();
    part.push(PART);
    PathBuf::from(part)
}
