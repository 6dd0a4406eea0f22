/// Whose names of files and whose width of arrays the training set has.
enum TDDFALayout: Sendable {
  /// cleardusk/3DDFA, `training/train_*.sh`.
  case tddfa
  /// choyingw/SynergyNet, `train_script.sh`. Its arrays have 40 further columns of texture, of which its trainer
  /// reads none; they are zeros here. It has no list of validation, and gets 3DDFA's.
  case synergyNet

  /// The folder of the crops.
  static let images = "train_aug_120x120"

  /// Of the arrays.
  var columns: Int { self == .tddfa ? TDDFAParameters.count : TDDFAParameters.count + 40 }

  func list(isHeldOut: Bool) -> String {
    "\(Self.images).list.\(isHeldOut ? "val" : "train")"
  }

  /// Without the ending.
  func parameters(isHeldOut: Bool) -> String {
    "param_all_norm" + (self == .tddfa ? "" : "_v201") + (isHeldOut ? "_val" : "")
  }
}
