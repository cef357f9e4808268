//! A pooler in transaction mode, over real sockets. It speaks PostgreSQL's protocol, assigns one of a few server connections to a client
//! for the duration of a transaction, and tracks prepared statements, as `PgBouncer` does since 1.21.

#![cfg(test)]

use std::{
    collections::{HashMap, HashSet, VecDeque},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    sync::Semaphore,
    task::JoinHandle,
};

type Result<T> = std::io::Result<T>;

/// The free connection that is assigned next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lends {
    /// The one that was returned last, which is `PgBouncer`'s default.
    TheLast,
    /// The one that has been free longest.
    TheFirst,
}

/// A running pooler; dropping it stops it.
pub struct Pooler {
    folder: tempfile::TempDir,
    task: JoinHandle<()>,
}

struct Pool {
    server: PathBuf,
    order: Lends,
    free: Mutex<HashMap<String, VecDeque<Backend>>>,
    places: Semaphore,
    clients: AtomicUsize,
}

/// A connection to the server.
struct Backend {
    stream: UnixStream,
    statements: HashSet<String>,
}

/// One message: its kind and its body.
struct Message(u8, Vec<u8>);

impl Pooler {
    /// A pooler with this number of connections to the server with this socket.
    pub fn start(server: &Path, backends: usize, order: Lends) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
        let pool = Arc::new(Pool {
            server: server.to_owned(),
            order,
            free: Mutex::default(),
            places: Semaphore::new(backends),
            clients: AtomicUsize::new(0),
        });
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let pool = pool.clone();
                tokio::spawn(async move { drop(pool.serve(client).await) });
            }
        });
        Self { folder, task }
    }

    /// The URL of a server's database through this pooler.
    pub fn way_to(&self, url: &str) -> String {
        let (before, host_and_path) = url.split_once('@').unwrap();
        let (_, database) = host_and_path.rsplit_once('/').unwrap();
        format!("{before}@{}/{database}", self.folder.path().display().to_string().replace('/', "%2F"))
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Pool {
    async fn serve(&self, mut client: UnixStream) -> Result<()> {
        let id = self.clients.fetch_add(1, Ordering::Relaxed);
        let mut length = client.read_i32().await?;
        while length == 8 {
            client.read_i32().await?; // "with TLS?"
            client.write_all(b"N").await?;
            length = client.read_i32().await?;
        }
        let mut startup = vec![0; usize::try_from(length).unwrap() - 4];
        client.read_exact(&mut startup).await?;
        let mut hello = message(b'R', &0_i32.to_be_bytes());
        hello.extend(message(b'S', b"server_version\x0018.0\0"));
        hello.extend(message(b'K', &[0; 8]));
        hello.extend(message(b'Z', b"I"));
        client.write_all(&hello).await?;
        let mut statements: HashMap<String, Vec<u8>> = HashMap::new();
        let mut lent = None;
        loop {
            let mut batch = vec![read(&mut client).await?];
            while !matches!(batch.last().unwrap().0, b'Q' | b'S' | b'X') {
                batch.push(read(&mut client).await?);
            }
            if batch.last().unwrap().0 == b'X' {
                return Ok(()); // if a transaction is open, its connection ends too
            }
            let (mut backend, place) = if let Some(held) = lent.take() {
                held
            } else {
                let place = self.places.acquire().await.unwrap();
                (self.lend(&startup).await?, place)
            };
            let mut awaited = VecDeque::new();
            for Message(kind, body) in batch {
                for Message(kind, body) in translated(id, kind, body, &mut statements, &mut backend, &mut awaited) {
                    backend.stream.write_all(&message(kind, &body)).await?;
                }
            }
            if relay(&mut backend, &mut client, awaited).await? {
                lent = Some((backend, place));
            } else {
                self.free.lock().unwrap().entry(key(&startup)).or_default().push_back(backend);
            }
        }
    }

    async fn lend(&self, startup: &[u8]) -> Result<Backend> {
        let free = self.free.lock().unwrap().get_mut(&key(startup)).and_then(|free| match self.order {
            Lends::TheLast => free.pop_back(),
            Lends::TheFirst => free.pop_front(),
        });
        match free {
            Some(backend) => Ok(backend),
            None => Backend::connect(&self.server, startup).await,
        }
    }
}

impl Backend {
    async fn connect(server: &Path, startup: &[u8]) -> Result<Self> {
        let mut stream = UnixStream::connect(server.join(".s.PGSQL.5432")).await?;
        stream.write_i32(i32::try_from(startup.len() + 4).unwrap()).await?;
        stream.write_all(startup).await?;
        while read(&mut stream).await?.0 != b'Z' {}
        Ok(Self { stream, statements: HashSet::new() })
    }
}

/// The startup message, with user and database: only connections with the same one are shared.
fn key(startup: &[u8]) -> String {
    String::from_utf8_lossy(startup).into_owned()
}

/// The messages to the server for a client's message: statements get names that no two clients share, and are prepared again on a
/// connection that lacks them.
fn translated(
    client: usize,
    kind: u8,
    body: Vec<u8>,
    statements: &mut HashMap<String, Vec<u8>>,
    backend: &mut Backend,
    awaited: &mut VecDeque<(bool, String)>,
) -> Vec<Message> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let until_nul = |bytes: &[u8]| bytes.iter().position(|byte| *byte == 0).unwrap();
    // Where the statement's name starts.
    let at = match (kind, body.first()) {
        (b'P', _) => 0,
        (b'B', _) => until_nul(&body) + 1,
        (b'D' | b'C', Some(b'S')) => 1,
        _ => return vec![Message(kind, body)],
    };
    let end = at + until_nul(&body[at..]);
    let name = text(&body[at..end]);
    let rest = body[end..].to_vec();
    if name.is_empty() {
        if kind == b'P' {
            awaited.push_back((true, String::new()));
        }
        return vec![Message(kind, body)];
    }
    let global = format!("client_{client}_{name}");
    let renamed = Message(kind, [&body[..at], global.as_bytes(), &rest].concat());
    match kind {
        b'P' => {
            statements.insert(name, rest);
            backend.statements.insert(global.clone());
            awaited.push_back((true, global));
            vec![renamed]
        }
        b'C' => {
            backend.statements.remove(&global);
            vec![renamed]
        }
        _ if backend.statements.insert(global.clone()) => {
            let parse = Message(b'P', [global.as_bytes(), &statements[&name]].concat());
            awaited.push_back((false, global));
            vec![parse, renamed]
        }
        _ => vec![renamed],
    }
}

/// Forwards the server's messages to the client until the server is ready. Returns whether a transaction is open.
async fn relay(backend: &mut Backend, client: &mut UnixStream, mut awaited: VecDeque<(bool, String)>) -> Result<bool> {
    loop {
        let Message(kind, body) = read(&mut backend.stream).await?;
        if kind == b'1' && awaited.pop_front().is_some_and(|(asked, _)| !asked) {
            continue;
        }
        if kind == b'E' {
            for (_, statement) in awaited.drain(..) {
                backend.statements.remove(&statement);
            }
        }
        client.write_all(&message(kind, &body)).await?;
        if kind == b'Z' {
            return Ok(body != b"I");
        }
    }
}

async fn read(stream: &mut UnixStream) -> Result<Message> {
    let kind = stream.read_u8().await?;
    let mut body = vec![0; usize::try_from(stream.read_i32().await?).unwrap() - 4];
    stream.read_exact(&mut body).await?;
    Ok(Message(kind, body))
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = i32::try_from(body.len() + 4).unwrap().to_be_bytes();
    [&[kind], &length[..], body].concat()
}
