//! Connections that can be cut on purpose, before or in the middle of a reply.
//!
//! The HTTP library owns the socket, so a fault cannot reach it directly. Instead each
//! accepted stream carries a [`Switch`]; once armed, the stream lets through the reply's
//! head and the allowed bytes of its body, then fails, and the connection is dropped.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Cuts one connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Switch(Arc<Mutex<Cut>>);

#[derive(Debug, Default)]
enum Cut {
    #[default]
    Never,
    /// Still inside the head; `body` bytes may follow it.
    Head {
        seen: [u8; 4],
        body: usize,
    },
    Body {
        left: usize,
    },
}

impl Switch {
    /// Drops the connection before any byte of the reply is sent.
    pub(crate) fn drop_now(&self) {
        self.set(Cut::Body { left: 0 });
    }

    /// Lets the head and `bytes` of the body through, then drops the connection.
    pub(crate) fn drop_after_body_bytes(&self, bytes: usize) {
        self.set(Cut::Head {
            seen: [0; 4],
            body: bytes,
        });
    }

    /// Whether a reply with a body of so many bytes arrives whole.
    pub(crate) fn lets_through(&self, body: usize) -> bool {
        match *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Cut::Never => true,
            Cut::Head { body: most, .. } => body <= most,
            Cut::Body { .. } => false,
        }
    }

    fn set(&self, cut: Cut) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = cut;
    }

    /// How many of these bytes may still go out; `None` means the line is cut.
    fn allow(&self, bytes: &[u8]) -> Option<usize> {
        let mut cut = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut allowed = 0;
        if let Cut::Head { seen, body } = &mut *cut {
            for &byte in bytes {
                allowed += 1;
                seen.rotate_left(1);
                seen[3] = byte;
                if seen == b"\r\n\r\n" {
                    *cut = Cut::Body { left: *body };
                    break;
                }
            }
        }
        match &mut *cut {
            Cut::Never => Some(bytes.len()),
            Cut::Head { .. } => Some(allowed),
            Cut::Body { left } => {
                let more = (*left).min(bytes.len() - allowed);
                *left -= more;
                let total = allowed + more;
                (total > 0 || bytes.is_empty()).then_some(total)
            }
        }
    }
}

impl Connected<IncomingStream<'_, Door>> for Switch {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().switch.clone()
    }
}

/// Accepts connections on loopback.
#[derive(Debug)]
pub(crate) struct Door(pub(crate) TcpListener);

impl Listener for Door {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        let (stream, from) = <TcpListener as Listener>::accept(&mut self.0).await;
        // Small replies must not wait for the other side's delayed acknowledgement.
        let _ = stream.set_nodelay(true);
        (
            Line {
                stream,
                switch: Switch::default(),
            },
            from,
        )
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// One accepted connection with its switch.
#[derive(Debug)]
pub(crate) struct Line {
    stream: TcpStream,
    switch: Switch,
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        // A socket that is full must not be counted as written, so ask it first.
        match self.stream.poll_write_ready(cx) {
            Poll::Ready(Ok(())) => {}
            Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
            Poll::Pending => return Poll::Pending,
        }
        match self.switch.allow(bytes) {
            None => Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())),
            Some(allowed) => Pin::new(&mut self.stream).poll_write(cx, &bytes[..allowed]),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_counts_only_bytes_of_the_body() {
        let switch = Switch::default();
        assert_eq!(switch.allow(b"anything"), Some(8));
        switch.drop_after_body_bytes(3);
        assert_eq!(switch.allow(b"HTTP/1.1 200 OK\r\n\r"), Some(18));
        assert_eq!(switch.allow(b"\nabcdef"), Some(4));
        assert_eq!(switch.allow(b"def"), None);
    }
}
