//! Binding, accepting and connecting on turmoil's sockets: the three functions in which this
//! world's shells differ from those on real TCP. Processes of one machine reach each other
//! through a pipe, because a machine's own loopback costs no time.

use super::gate::GatedStream;
use super::wire::{End, Side, WireEnd};
use super::{Shared, TurmoilWorld};
use crate::network::{Dial, Dialled, Flow, Path, Peer, Place, RoundTrip};
use crate::world::simulated::{SimulatedWorld, addresses, faults};
use deploysim_nodes::shell::{Clock, Transport};
use deploysim_protocol::address::Address;
use deploysim_protocol::time::Time;
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::io::DuplexStream;
use tokio::sync::mpsc;
use turmoil::net::{TcpListener, TcpStream};

/// What a pipe between two processes of one machine holds, in bytes.
const PIPE_BYTES: usize = 64 * 1024;

/// The transport of one process.
#[derive(Clone)]
pub(super) struct Sockets {
    pub(super) world: Shared,
    pub(super) node: u32,
    pub(super) clock: Clock,
}

/// A port that others can dial.
pub(super) struct Listener {
    sockets: Sockets,
    socket: TcpListener,
    /// Who dials from the same machine.
    pipes: RefCell<mpsc::UnboundedReceiver<Pipe>>,
    port: Port,
}

/// A port of a simulated host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Port {
    pub(super) rack: usize,
    pub(super) port: u16,
}

/// The other end of a connection that does not leave its machine.
pub(super) struct Pipe {
    socket: DuplexStream,
    wire: u64,
    greeting_arrives_at: Time,
}

/// Connections that are dialled and not accepted, by the host that dials and the port: turmoil
/// keeps the requests of one host to one port in order.
pub(super) type Requests = BTreeMap<(usize, Port), VecDeque<Request>>;

/// A request under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    wire: u64,
    greeting_arrives_at: Time,
}

/// A request that is withdrawn if its dialler is dropped before it was accepted.
struct Ticket<'a> {
    world: &'a Shared,
    key: (usize, Port),
    wire: u64,
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut world = self.world.borrow_mut();
        if let Some(requests) = world.requests.get_mut(&self.key) {
            requests.retain(|request| request.wire != self.wire);
        }
    }
}

/// Where a dial goes that gets through.
enum Way {
    Pipe(mpsc::UnboundedSender<Pipe>),
    Tcp(SocketAddr, (usize, Port)),
}

impl Transport for Sockets {
    type Stream = GatedStream;
    type Listener = Listener;

    async fn bind(&self, _at: &Address) -> io::Result<Listener> {
        let (port, pipes) = {
            let mut world = self.world.borrow_mut();
            let life = &mut world.lives[self.node as usize];
            (life.port, life.pipes_to_take.take())
        };
        let pipes = pipes.ok_or(io::ErrorKind::AddrInUse)?;
        let socket = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port.port)).await?;
        Ok(Listener {
            sockets: self.clone(),
            socket,
            pipes: RefCell::new(pipes),
            port,
        })
    }

    async fn accept(listener: &Listener) -> io::Result<GatedStream> {
        let Self { world, clock, .. } = &listener.sockets;
        tokio::select! {
            biased;
            Some(pipe) = poll_fn(|context| listener.pipes.borrow_mut().poll_recv(context)) => {
                let end = WireEnd { wire: pipe.wire, side: Side::Acceptor };
                let at = Some(pipe.greeting_arrives_at);
                Ok(GatedStream::before(pipe.socket, end, at, world, *clock))
            }
            accepted = listener.socket.accept() => {
                let (socket, origin) = accepted?;
                let request = world.borrow_mut().take_request(origin, listener.port);
                let end = WireEnd { wire: request.wire, side: Side::Acceptor };
                let at = Some(request.greeting_arrives_at);
                Ok(GatedStream::before(socket, end, at, world, *clock))
            }
        }
    }

    async fn connect(&self, to: &Address) -> io::Result<GatedStream> {
        let at = self.dial(*to).await?;
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        let opened = self.world.borrow_mut().open_wire(self.node, *to, at);
        let Some((wire, way)) = opened else {
            self.clock.reach(at).await;
            return Err(refused);
        };
        let end = WireEnd {
            wire,
            side: Side::Dialler,
        };
        let stream = match way {
            Way::Pipe(pipes) => {
                let (own, other) = tokio::io::duplex(PIPE_BYTES);
                let pipe = Pipe {
                    socket: other,
                    wire,
                    greeting_arrives_at: at,
                };
                let sent = pipes.send(pipe);
                sent.map_err(|_| io::ErrorKind::ConnectionRefused)?;
                GatedStream::before(own, end, None, &self.world, self.clock)
            }
            Way::Tcp(address, key) => {
                let ticket = Ticket {
                    world: &self.world,
                    key,
                    wire,
                };
                let Ok(socket) = TcpStream::connect(address).await else {
                    self.clock.reach(at).await;
                    return Err(refused);
                };
                drop(ticket);
                GatedStream::before(socket, end, None, &self.world, self.clock)
            }
        };
        Ok(stream)
    }
}

impl Sockets {
    fn attempt_dial(&self, to: Address, dial: &mut Dial) -> Dialled {
        self.world.borrow_mut().attempt_dial(self.node, to, dial)
    }

    /// Sends requests until one gets through. Returns when its answer is back.
    async fn dial(&self, to: Address) -> io::Result<Time> {
        let timeout = self.world.borrow().plan.network.connect_timeout;
        let mut dial = Dial::new(self.clock.now(), timeout);
        loop {
            let dialled = self.attempt_dial(to, &mut dial);
            match dialled {
                Dialled::Connects { at, .. } => return Ok(at),
                Dialled::Refused { at } => {
                    self.clock.reach(at).await;
                    return Err(io::ErrorKind::ConnectionRefused.into());
                }
                Dialled::Again { attempt_at } => self.clock.reach(attempt_at).await,
                Dialled::TimedOut | Dialled::Stale => return Err(io::ErrorKind::TimedOut.into()),
            }
        }
    }
}

impl TurmoilWorld {
    /// Sends the next request of a dial.
    fn attempt_dial(&mut self, node: u32, to: Address, dial: &mut Dial) -> Dialled {
        let place = self.part(node).place;
        let holder = addresses::holder(self, to);
        let other = holder.map_or(place, |holder| holder.place);
        let peer = holder.map_or(Peer::Dead, |holder| holder.peer);
        let path = match holder {
            Some(holder) => self.direction.cuts.path(place, holder.place),
            // An address that nobody has ever had is a machine on which nobody listens.
            None => Path::OPEN,
        };
        let extra = match holder {
            Some(holder) if path == Path::OPEN && !self.direction.slowdowns.is_empty() => {
                let (own, other) = ((node, place), (holder.node, holder.place));
                RoundTrip {
                    forward: faults::slowed_between(self, own, other),
                    backward: faults::slowed_between(self, other, own),
                }
            }
            Some(_) | None => RoundTrip::default(),
        };
        let [forward, backward] = self.links_between(place, other);
        let (now, links) = (self.now, &mut self.direction.links);
        dial.attempt(now, path, peer, || RoundTrip {
            forward: links.link_mut(forward).delay(now, || 0) + extra.forward,
            backward: links.link_mut(backward).delay(now, || 0) + extra.backward,
        })
    }

    fn links_between(&mut self, one: Place, other: Place) -> [u32; 2] {
        let direction = &mut self.direction;
        [(one, other), (other, one)].map(|(from, to)| {
            direction
                .links
                .between(from.machine, to.machine, &direction.seeds)
        })
    }

    /// Makes the connection of a dial that got through, and says how to reach the acceptor.
    fn open_wire(&mut self, node: u32, to: Address, at: Time) -> Option<(u64, Way)> {
        let acceptor = addresses::holder(self, to).filter(|it| it.peer == Peer::Listening)?;
        let (own, other) = (self.part(node).place, acceptor.place);
        let links = self.links_between(own, other);
        let transit = self.transit(own.machine, other.machine);
        let ends = [(node, links[0]), (acceptor.node, links[1])].map(|(node, link)| {
            let part = self.part(node);
            let (gate, departures) = mpsc::unbounded_channel();
            End {
                node,
                place: part.place,
                is_open: true,
                is_ended: false,
                flow: Flow::new(self.plan.network.tcp_user_timeout),
                link,
                held: VecDeque::new(),
                gate,
                transit,
                departures: Some(departures),
            }
        });
        let wire = self.wires.insert(ends);
        let target = &self.lives[acceptor.node as usize];
        if own.machine == other.machine {
            return Some((wire, Way::Pipe(target.pipes.clone())));
        }
        let key = (self.rack_of(own.machine), target.port);
        let request = Request {
            wire,
            greeting_arrives_at: at,
        };
        let address = SocketAddr::new(self.racks[target.port.rack].ip, target.port.port);
        self.requests.entry(key).or_default().push_back(request);
        Some((wire, Way::Tcp(address, key)))
    }

    fn take_request(&mut self, origin: SocketAddr, port: Port) -> Request {
        let rack = self
            .racks
            .iter()
            .position(|rack| rack.ip == origin.ip())
            .expect("every dialler is on a rack");
        self.requests
            .get_mut(&(rack, port))
            .and_then(VecDeque::pop_front)
            .expect("who dials has put in a request first")
    }
}
