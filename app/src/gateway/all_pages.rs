use domain::api::Problem;
use domain::management::Route;
use serde_json::Value;

use super::Gateway;

/// How many pages are read before a list is said to be too long.
const MOST: usize = 40;

/// What became of the pages after the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// All were read.
    Whole,
    /// One could not be: what came before it is there.
    Failed(Problem),
    /// There are more than are read.
    TooLong,
}

impl Rest {
    /// What a person reads above a list that is not whole.
    pub(crate) fn words(&self) -> Option<String> {
        match self {
            Self::Whole => None,
            Self::Failed(problem) => Some(format!("Only a part came: {}. {}", problem.title, problem.detail)),
            Self::TooLong => Some("Only a part is shown: the list has more pages than are read here.".to_owned()),
        }
    }
}

impl Gateway {
    /// Reads a list with all its pages; `take` takes each in and gives the link to the next.
    ///
    /// # Errors
    ///
    /// The [`Problem`] of the first page. A later one loses nothing of what came before it.
    pub(crate) async fn all_pages(
        &self,
        route: Route,
        take: &mut dyn FnMut(&Value) -> Option<String>,
    ) -> Result<Rest, Problem> {
        let mut next = take(&self.get(route).await?);
        for _ in 1..MOST {
            let Some(link) = next else { return Ok(Rest::Whole) };
            match self.follow(link).await {
                Ok(answer) => next = take(&answer),
                Err(problem) => return Ok(Rest::Failed(problem)),
            }
        }
        Ok(if next.is_some() { Rest::TooLong } else { Rest::Whole })
    }
}
