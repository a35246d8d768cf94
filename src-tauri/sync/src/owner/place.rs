//! Where the owner listens: a socket that only this user can reach, named in a
//! file of the data folder.

use interprocess::local_socket::tokio::{Listener, Stream, prelude::*};
use interprocess::local_socket::{ListenerOptions, Name};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io;
use std::path::{Path, PathBuf};

/// A socket's path may have about a hundred bytes on the systems we know.
const LONGEST_PATH: usize = 100;

/// What the owner says of itself in `owner.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Notice {
    pid: u32,
    version: String,
    socket: String,
}

/// A listening socket; its files go when it is dropped.
pub(super) struct Place {
    pub(super) listener: Listener,
    notice: PathBuf,
    socket: PathBuf,
}

impl Place {
    /// Listens, and says where.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let socket = socket_of(folder)?;
        if cfg!(unix) {
            drop(std::fs::remove_file(&socket));
        }
        let listener = ListenerOptions::new()
            .name(name_of(&socket)?)
            .create_tokio()?;
        #[cfg(unix)]
        make_private(&socket)?;
        let notice = folder.join("owner.json");
        let said = Notice {
            pid: std::process::id(),
            version: super::wire::VERSION.to_owned(),
            socket: socket.to_string_lossy().into_owned(),
        };
        let partial = folder.join("owner.json.partial");
        std::fs::write(&partial, serde_json::to_vec(&said)?)?;
        #[cfg(unix)]
        make_private(&partial)?;
        std::fs::rename(&partial, &notice)?;
        Ok(Self {
            listener,
            notice,
            socket,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.notice));
        drop(std::fs::remove_file(&self.socket));
    }
}

/// For this user only, also in a folder that others may enter.
#[cfg(unix)]
fn make_private(path: &Path) -> io::Result<()> {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(path, mode)
}

/// Connects to the owner of a folder, if one listens.
pub(super) async fn connect(folder: &Path) -> io::Result<Stream> {
    let notice: Notice = serde_json::from_slice(&std::fs::read(folder.join("owner.json"))?)?;
    Stream::connect(name_of(Path::new(&notice.socket))?).await
}

/// Whether the other side belongs to this user. The socket lies in a folder
/// that nobody else may enter; this is the second look.
pub(super) fn is_ours(stream: &Stream, folder: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let Ok(creds) = stream.peer_creds() else {
            return false;
        };
        let owner = std::fs::metadata(folder).map(|folder| folder.uid());
        owner.is_ok_and(|owner| creds.euid().is_some_and(|peer| peer == owner || peer == 0))
    }
    #[cfg(not(unix))]
    {
        // A named pipe's default access is its maker's.
        let _ = (stream, folder);
        true
    }
}

fn socket_of(folder: &Path) -> io::Result<PathBuf> {
    let folder = std::path::absolute(folder)?;
    if cfg!(windows) {
        return Ok(PathBuf::from(format!("usher-{}", short_name(&folder))));
    }
    let inside = folder.join("owner.sock");
    if inside.as_os_str().len() <= LONGEST_PATH {
        return Ok(inside);
    }
    private_dir(&std::env::temp_dir().join(format!("usher-{}", short_name(&folder))))
        .map(|dir| dir.join("owner.sock"))
}

fn short_name(folder: &Path) -> String {
    let digest = Sha256::digest(folder.as_os_str().as_encoded_bytes());
    digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A folder that only this user may enter, or an error when somebody else made it.
fn private_dir(dir: &Path) -> io::Result<PathBuf> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let found = std::fs::symlink_metadata(dir)?;
        let private = found.is_dir() && found.permissions().mode() & 0o077 == 0;
        // Only its maker may write into a folder of mode 0700.
        let probe = dir.join("probe");
        let ours = std::fs::write(&probe, b"")
            .and_then(|()| std::fs::remove_file(&probe))
            .is_ok();
        if !private || !ours {
            return Err(io::Error::from(io::ErrorKind::PermissionDenied));
        }
    }
    Ok(dir.to_owned())
}

fn name_of(socket: &Path) -> io::Result<Name<'_>> {
    #[cfg(windows)]
    {
        use interprocess::local_socket::{GenericNamespaced, ToNsName};
        socket.as_os_str().to_ns_name::<GenericNamespaced>()
    }
    #[cfg(not(windows))]
    {
        use interprocess::local_socket::{GenericFilePath, ToFsName};
        socket.as_os_str().to_fs_name::<GenericFilePath>()
    }
}
