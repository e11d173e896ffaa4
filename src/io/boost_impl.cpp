/// The one translation unit that holds the bodies of Asio and Beast: every other file includes
/// declarations only, which keeps a build from scratch short.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
