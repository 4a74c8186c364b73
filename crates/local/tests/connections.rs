//! How long connections live, against a server that does what the test says.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::{
    future::{Future, poll_fn},
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    pin::pin,
    thread,
    time::Instant,
};

use common::or_hang;
use logto_management::{
    Config, Network,
    core::{
        HttpTransport, TransportError, TransportErrorKind,
        bytes::Bytes,
        http::{Request, Response},
    },
};
use logto_management_local::{LocalTransport, Runtime};

/// A port of this machine.
fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, url)
}

fn transport(runtime: &Runtime, url: &str) -> LocalTransport {
    let config = Config::self_hosted(url).build().expect("a configuration");
    LocalTransport::new(runtime.clone(), &config, &Network::new().without_proxy()).expect("a transport")
}

fn get(
    transport: &LocalTransport,
    url: &str,
) -> impl Future<Output = Result<Response<Bytes>, TransportError>> + Send + 'static {
    let (transport, request) = (transport.clone(), Request::get(url).body(Bytes::new()).expect("a request"));
    async move { transport.send(request).await }
}

/// One end of a connection, as the server has it.
struct Peer(BufReader<TcpStream>);

impl Peer {
    fn accept(listener: &TcpListener) -> Self {
        Self(BufReader::new(listener.accept().expect("a connection").0))
    }

    /// The lines of a request's head.
    fn head(&mut self) -> Vec<String> {
        let lines = (&mut self.0).lines().map(|line| line.expect("a line"));
        lines.take_while(|line| !line.is_empty()).collect()
    }

    fn answer(&mut self, body: &str) {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        self.0.get_mut().write_all(head.as_bytes()).expect("a connection");
    }

    fn has_ended(&mut self) -> bool {
        matches!(self.0.read(&mut [0]), Ok(0) | Err(_))
    }
}

#[test]
fn one_connection_serves_call_after_call() {
    or_hang(|| {
        let (listener, url) = listen();
        let server = thread::spawn(move || {
            let mut peer = Peer::accept(&listener);
            for number in 0..3 {
                assert_eq!(peer.head().first().map(String::as_str), Some("GET /a?b=c HTTP/1.1"));
                peer.answer(&number.to_string());
            }
            // The transport has gone.
            assert!(peer.has_ended());
        });
        let runtime = Runtime::new().expect("a runtime");
        let transport = transport(&runtime, &url);
        for number in 0..3 {
            let answer = runtime.block_on(get(&transport, &format!("{url}/a?b=c"))).expect("an answer");
            assert_eq!(*answer.body(), number.to_string().as_bytes());
        }
        drop(transport);
        server.join().expect("no panic");
    });
}

#[test]
fn a_connection_that_the_server_closed_meanwhile_is_not_used() {
    or_hang(|| {
        let (listener, url) = listen();
        let runtime = Runtime::new().expect("a runtime");
        let transport = transport(&runtime, &url);
        for _ in 0..3 {
            let accepting = listener.try_clone().expect("a descriptor");
            let server = thread::spawn(move || {
                let mut peer = Peer::accept(&accepting);
                peer.head();
                peer.answer("");
            });
            runtime.block_on(get(&transport, &url)).expect("an answer");
            // By now its end of the connection is closed, and nobody drives the runtime.
            server.join().expect("no panic");
        }
    });
}

#[test]
fn a_call_that_is_dropped_closes_its_connection_though_nobody_drives() {
    or_hang(|| {
        let (listener, url) = listen();
        let runtime = Runtime::new().expect("a runtime");
        let transport = transport(&runtime, &url);
        let mut call = Box::pin(get(&transport, &url));
        // Until the request is out.
        let server = thread::spawn(move || {
            let mut peer = Peer::accept(&listener);
            peer.head();
            peer
        });
        while !server.is_finished() {
            assert!(runtime.block_until(call.as_mut(), Some(Instant::now())).is_none());
        }
        drop(call);
        assert!(server.join().expect("no panic").has_ended());
    });
}

#[test]
fn a_body_that_ends_too_early_is_told() {
    or_hang(|| {
        let (listener, url) = listen();
        let server = thread::spawn(move || {
            let mut peer = Peer::accept(&listener);
            peer.head();
            peer.0
                .get_mut()
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf")
                .expect("a connection");
        });
        let runtime = Runtime::new().expect("a runtime");
        let failed = runtime.block_on(get(&transport(&runtime, &url), &url)).expect_err("no answer");
        assert_eq!(failed.kind(), TransportErrorKind::Interrupted);
        server.join().expect("no panic");
    });
}

#[test]
fn a_future_that_wakes_itself_leaves_sockets_their_turn() {
    or_hang(|| {
        let (listener, url) = listen();
        let server = thread::spawn(move || {
            let mut peer = Peer::accept(&listener);
            peer.head();
            peer.answer("good");
        });
        let runtime = Runtime::new().expect("a runtime");
        let transport = transport(&runtime, &url);
        let mut call = pin!(runtime.join(get(&transport, &url)));
        let answer = runtime.block_on(poll_fn(|context| {
            context.waker().wake_by_ref();
            call.as_mut().poll(context)
        }));
        assert_eq!(*answer.expect("it is not ended before").expect("an answer").body(), "good");
        server.join().expect("no panic");
    });
}

#[test]
fn several_threads_send_at_once() {
    or_hang(|| {
        const THREADS: usize = 4;
        const CALLS: usize = 50;
        let (listener, url) = listen();
        let server = thread::spawn(move || {
            let peers: Vec<_> = (0..THREADS)
                .map(|_| {
                    let mut peer = Peer::accept(&listener);
                    thread::spawn(move || {
                        while !peer.head().is_empty() {
                            peer.answer("good");
                        }
                    })
                })
                .collect();
            peers.into_iter().for_each(|peer| peer.join().expect("no panic"));
        });
        let runtime = Runtime::new().expect("a runtime");
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                // Each has a connection of its own, and all of them one runtime.
                let (runtime, transport, url) = (runtime.clone(), transport(&runtime, &url), url.clone());
                thread::spawn(move || {
                    for _ in 0..CALLS {
                        runtime.block_on(get(&transport, &url)).expect("an answer");
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
        server.join().expect("no panic");
    });
}
