#include "session/technique_table.h"

namespace penstock {
namespace {

template <typename Row>
std::vector<Technique> NamesOf(const std::vector<Row>& table) {
  std::vector<Technique> names;
  for (const Row& row : table) names.push_back(row.technique);
  return names;
}

template <typename Row>
const Row* RowOf(const std::vector<Row>& table, Technique technique) {
  for (const Row& row : table)
    if (row.technique == technique) return &row;
  return nullptr;
}

}  // namespace

const std::vector<Technique>& BuiltTechniques(Direction direction) {
  static const std::vector<Technique> send = NamesOf(SystemTechniques().send);
  static const std::vector<Technique> receive = NamesOf(SystemTechniques().receive);
  switch (direction) {
    case Direction::kSend:
      return send;
    case Direction::kReceive:
      return receive;
    case Direction::kCopy:
      break;
  }
  return SystemTechniques().copy;
}

std::unique_ptr<SendTechnique> MakeSendTechnique(Technique technique, const SessionOptions& options, Calls& calls) {
  const SendRow* row = RowOf(SystemTechniques().send, technique);
  return row == nullptr ? nullptr : row->make(options, calls);
}

std::unique_ptr<ReceiveTechnique> MakeReceiveTechnique(Technique technique, const SessionOptions& options,
                                                       Calls& calls) {
  const ReceiveRow* row = RowOf(SystemTechniques().receive, technique);
  return row == nullptr ? nullptr : row->make(options, calls);
}

std::unique_ptr<SendTechnique> SendByMmap(const SessionOptions& options, Calls& calls) {
  return MakeSendMmap(options.mapOptions, calls);
}

}  // namespace penstock
