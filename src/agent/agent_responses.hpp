/// The agent's responses over HTTP.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/json/object.hpp>
#include <string>

#include "agent/agent_watch.hpp"
#include "agent_link/agent_request.hpp"

namespace rollcall::agent {

AgentResponse json_response(boost::beast::http::status status, const boost::json::object& body);
AgentResponse refusal(boost::beast::http::status status, std::string reason);
AgentResponse refusal(agent_link::RequestProblem problem);

}  // namespace rollcall::agent
