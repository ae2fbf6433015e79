//! What students get wrong in lesson 5, and what is right although it is different.

mod conduct;
mod replies;
mod variants;

pub use conduct::CONDUCT;
pub use replies::REPLIES;
pub use variants::VARIANTS;

// Pieces of the step that are changed more than once.
const SHOW: &str = "        io::stdout().write_all(line.as_bytes())?;\n";
const LINE: &str = r#"format!("{client}: {}\n", String::from_utf8_lossy(message))"#;
const MESSAGE: &str = "let message = buffer.get(..length).unwrap_or_default();";
const SEND: &str = "let sent = socket.send_to(message, client);";
const REPLY: &str = "if let Err(error) = reply(&socket, message, client) {";
const BIND: &str = r#"UdpSocket::bind(("0.0.0.0", port))"#;
const BUFFER: &str = "vec![0; 65_536]";
