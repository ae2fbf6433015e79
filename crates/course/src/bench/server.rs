//! An echo server in a process of its own.

use crate::bench::{create, free_port, results_directory, start, wait_for_line};
use anyhow::Result;
use base::programs::Keeper;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A running server; it is ended with this value.
pub struct Server {
    pub address: SocketAddr,
    process: Child,
    /// What it writes; some megabytes a second.
    output: PathBuf,
}

impl Server {
    /// Starts a server that takes its port as the last argument, and writes a line when it is
    /// bound.
    pub fn start(keeper: &mut Keeper, mut command: Command) -> Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let output = results_directory()?.join("server-output.txt");
        command.arg(address.port().to_string()).stdin(Stdio::null()).stdout(create(&output)?);
        let process = start(keeper, &mut command)?;
        let mut server = Self { address, process, output };
        wait_for_line(&mut server.process, &server.output)?;
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_file(&self.output);
    }
}
