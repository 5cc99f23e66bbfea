// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @title Who signed: 64 bytes (EIP-2098), 65 bytes, or whatever a contract wallet accepts (ERC-1271).
/// @dev OpenZeppelin's ECDSA refuses the high half of s, so a signature cannot be bent into a second one.
library Signatures {
    /// @dev The key comes first: it saves the code-size read, and accounts with delegated code (EIP-7702) still sign.
    function isBy(address signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        if (recover(digest, signature) == signer) return signer != address(0);
        if (signer.code.length == 0) return false;
        (bool success, bytes memory answer) =
            signer.staticcall(abi.encodeCall(IERC1271.isValidSignature, (digest, signature)));
        return
            success && answer.length >= 32
                && abi.decode(answer, (bytes32)) == bytes32(IERC1271.isValidSignature.selector);
    }

    /// @return the address whose key signed, 0 when none did
    function recover(bytes32 digest, bytes calldata signature) internal pure returns (address) {
        if (signature.length == 64) {
            (address signer,,) = ECDSA.tryRecover(digest, bytes32(signature[0:32]), bytes32(signature[32:64]));
            return signer;
        }
        (address other,,) = ECDSA.tryRecoverCalldata(digest, signature);
        return other;
    }
}
