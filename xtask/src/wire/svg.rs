//! What a link saw, as a sequence diagram for a page: events → SVG.
//!
//! Whether the page is light or dark, the picture fits: it has a background of its own and
//! colours for both. Its text is text. Nothing in its geometry depends on a time or on a port,
//! so two runs of the same exchange give pictures that differ in these words only.
//!
//! # Layout
//!
//! - [`text`]: what is safe to show, and how wide it is; [`sheet`]: lines, arrows and boxes
//! - [`plan`]: where the lifelines stand; [`waits`]: what waits in the link, and how long
//! - [`rows`]: one event; [`story`]: the same in words, for those who can't see it

mod plan;
mod rows;
mod sheet;
mod story;
#[cfg(test)]
mod tests;
mod text;
mod waits;

use link::Event;
use plan::Plan;
use sheet::Sheet;

/// What the two sides are called.
pub struct Names {
    pub client: &'static str,
    pub server: &'static str,
}

/// How many events a picture shows.
const MOST: usize = 100;

/// The rules for colours and text. An SVG in a page shares its rules with the page, so each of
/// them names this picture's class.
const STYLE: &str = include_str!("svg/style.css");

/// Draws a sequence diagram: one row an event, in the order of time.
#[must_use]
pub fn draw(events: &[Event], names: &Names) -> String {
    let shown = events.get(..MOST).unwrap_or(events);
    let plan = Plan::new(events, names, shown.len());
    let waits = waits::all(events, shown.len());
    let mut sheet = Sheet::default();
    plan.draw_lifelines(&mut sheet);
    for wait in &waits {
        wait.draw(&plan, &mut sheet);
    }
    for (row, event) in shown.iter().enumerate() {
        rows::draw(event, row, &plan, &waits, &mut sheet);
    }
    plan.draw_heads(&mut sheet);
    plan.draw_end(events.len() - shown.len(), &mut sheet);
    let (width, height) = (plan.width(), plan.height());
    let (title, story) = (story::title(events, names), story::tell(events, shown.len(), names));
    let (title, story) = (text::xml(&title), text::xml(&story));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"wire\" role=\"img\" \
         viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n\
         <title>{title}</title>\n<desc>{story}</desc>\n<style>\n{STYLE}</style>\n\
         <rect class=\"paper\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n\
         {}</svg>\n",
        width - 1,
        height - 1,
        sheet.into_body(),
    )
}
